-- SPDX-License-Identifier: GPL-3.0-or-later
-- Notes that something is done by the clock as it is, where that is long after the last look: so a jump that comes and goes between two
-- looks is known to have been there. Whoever has the row is noting the same, or looks: nobody waits for it here, where the locks of a
-- library may be held already, for which a look waits (dsr.time_repair).
CREATE OR REPLACE FUNCTION dsr.time_note() RETURNS void
    LANGUAGE sql VOLATILE
AS $function$
UPDATE dsr.time_guard SET acted_at = clock_timestamp()
 WHERE one = (SELECT one FROM dsr.time_guard WHERE acted_at < clock_timestamp() - interval '1 minute' FOR UPDATE SKIP LOCKED)
$function$;

ALTER FUNCTION dsr.time_note() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.time_note() FROM PUBLIC;
