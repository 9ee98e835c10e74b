-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether an authority held on that day: from the day it was given to its last one; not on the day it was withdrawn.
CREATE OR REPLACE FUNCTION dsr.authority_valid(a dsr.authority, p_on date) RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $function$
SELECT a.given_on <= p_on AND coalesce(a.until >= p_on, true) AND coalesce(a.withdrawn_on > p_on, true)
$function$;

ALTER FUNCTION dsr.authority_valid(dsr.authority, date) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.authority_valid(dsr.authority, date) FROM PUBLIC;
