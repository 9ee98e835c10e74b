-- SPDX-License-Identifier: GPL-3.0-or-later
-- Writes a vendor document through the API; from now on the files do not overwrite it. For staff and operators.
CREATE OR REPLACE FUNCTION api.vendor_put(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
BEGIN
    PERFORM dsr.vendor_store(p, true);
    PERFORM dsr.audit_add('vendor', p ->> 'slug');
    RETURN p::json;
END
$function$;

ALTER FUNCTION api.vendor_put(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.vendor_put(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.vendor_put(jsonb) TO dsrd_api;
