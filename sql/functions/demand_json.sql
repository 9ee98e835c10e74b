-- SPDX-License-Identifier: GPL-3.0-or-later
-- A demand without what is sealed.
CREATE OR REPLACE FUNCTION dsr.demand_json(d dsr.demand) RETURNS json
    LANGUAGE sql STABLE
AS $function$
SELECT json_build_object('demand', 'D-' || d.n, 'received_on', d.received_on, 'kind', d.kind, 'due_on', d.due_on, 'hold', d.hold,
                         'answer', d.answer, 'answered_on', d.answered_on)
$function$;

ALTER FUNCTION dsr.demand_json(dsr.demand) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.demand_json(dsr.demand) FROM PUBLIC;
