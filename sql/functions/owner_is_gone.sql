-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether a mailer has died: it holds a session lock of this number as long as its connection lives. No clock is asked.
CREATE OR REPLACE FUNCTION dsr.owner_is_gone(p_incarnation uuid) RETURNS boolean
    LANGUAGE sql VOLATILE
AS $function$
SELECT pg_try_advisory_xact_lock(hashtextextended(p_incarnation::text, 1))
$function$;

ALTER FUNCTION dsr.owner_is_gone(uuid) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.owner_is_gone(uuid) FROM PUBLIC;
