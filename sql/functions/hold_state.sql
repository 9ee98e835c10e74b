-- SPDX-License-Identifier: GPL-3.0-or-later
-- in_force, ended (its last day is over) or released (before it).
CREATE OR REPLACE FUNCTION dsr.hold_state(h dsr.hold) RETURNS text
    LANGUAGE sql STABLE
AS $function$
SELECT CASE WHEN h.released_at IS NOT NULL THEN 'released' WHEN dsr.hold_is_in_force(h) THEN 'in_force' ELSE 'ended' END
$function$;

ALTER FUNCTION dsr.hold_state(dsr.hold) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.hold_state(dsr.hold) FROM PUBLIC;
