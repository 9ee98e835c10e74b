-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether no reminders are wanted at that address.
CREATE OR REPLACE FUNCTION dsr.address_stopped(p_hash bytea) RETURNS boolean
    LANGUAGE sql STABLE
AS $function$
SELECT EXISTS (SELECT FROM dsr.recipient WHERE library_id = dsr.library() AND address_hash = p_hash AND stopped_at IS NOT NULL)
$function$;

ALTER FUNCTION dsr.address_stopped(bytea) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.address_stopped(bytea) FROM PUBLIC;
