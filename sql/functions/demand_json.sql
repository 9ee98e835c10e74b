-- SPDX-License-Identifier: GPL-3.0-or-later
-- A demand without what is sealed; of its hold what became of it: in_force, ended or released; null when it is
-- purged, or was written down in free words.
CREATE OR REPLACE FUNCTION dsr.demand_json(d dsr.demand) RETURNS json
    LANGUAGE sql STABLE
AS $function$
SELECT json_build_object('demand', 'D-' || d.n, 'received_on', d.received_on, 'kind', d.kind, 'due_on', d.due_on, 'hold', d.hold,
                         'hold_state', CASE WHEN d.hold_id IS NOT NULL THEN (SELECT dsr.hold_state(h) FROM dsr.hold h
                              WHERE h.library_id = d.library_id AND h.id = d.hold_id) END,
                         'answer', d.answer, 'answered_on', d.answered_on)
$function$;

ALTER FUNCTION dsr.demand_json(dsr.demand) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.demand_json(dsr.demand) FROM PUBLIC;
