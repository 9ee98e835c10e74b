-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether the caller holds that role.
CREATE OR REPLACE FUNCTION dsr.has_role(p_role text) RETURNS boolean
    LANGUAGE sql STABLE
AS $function$
SELECT p_role = ANY (string_to_array(coalesce(current_setting('dsr.roles', true), ''), ','))
$function$;

ALTER FUNCTION dsr.has_role(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.has_role(text) FROM PUBLIC;
