-- SPDX-License-Identifier: GPL-3.0-or-later
-- Waits for the scheduler that is just gathering, and keeps it waiting until the transaction ends: it must not put into a mail what is
-- being stopped. Called before any row is locked.
CREATE OR REPLACE FUNCTION dsr.gather_wait() RETURNS void
    LANGUAGE sql VOLATILE
AS $function$
SELECT pg_advisory_xact_lock(hashtextextended('dsr.gather', dsr.library()))
$function$;

ALTER FUNCTION dsr.gather_wait() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.gather_wait() FROM PUBLIC;
