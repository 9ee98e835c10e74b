-- SPDX-License-Identifier: GPL-3.0-or-later
-- Staff and managers see every request of their library, others their own.
CREATE OR REPLACE FUNCTION dsr.sees_all() RETURNS boolean
    LANGUAGE sql STABLE
AS $function$
SELECT dsr.has_role('staff') OR dsr.has_role('manager')
$function$;

ALTER FUNCTION dsr.sees_all() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.sees_all() FROM PUBLIC;
