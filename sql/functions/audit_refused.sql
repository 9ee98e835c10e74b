-- SPDX-License-Identifier: GPL-3.0-or-later
-- Records that dsrd refused a caller {operation, status, source, surplus}. In a call of its own, since the act itself was rolled back
-- or never began. `surplus` counts refusals of that source that got no entry of their own.
CREATE OR REPLACE FUNCTION api.audit_refused(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
BEGIN
    PERFORM dsr.audit_add('refused', p ->> 'operation', jsonb_strip_nulls(p - 'operation'));
    RETURN '{}';
END
$function$;

ALTER FUNCTION api.audit_refused(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.audit_refused(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.audit_refused(jsonb) TO dsrd_api;
