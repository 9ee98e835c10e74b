-- SPDX-License-Identifier: GPL-3.0-or-later
-- First of all in every unit of work, until its COMMIT: `dsrd migrate` holds this lock alone while it changes tables. So it waits for those that are
-- under way, and those that come wait here, where they hold nothing yet; if they met at the tables instead, each would wait for the other.
CREATE OR REPLACE FUNCTION dsr.gate_pass() RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('dsr.gate', 0));
END
$function$;

ALTER FUNCTION dsr.gate_pass() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.gate_pass() FROM PUBLIC;
