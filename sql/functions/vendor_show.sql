-- SPDX-License-Identifier: GPL-3.0-or-later
-- A vendor's document by slug, name or brand. DS404 with near misses.
CREATE OR REPLACE FUNCTION api.vendor_show(p_name text) RETURNS json
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
SELECT (doc || jsonb_build_object('edited', edited))::json FROM dsr.vendor
 WHERE library_id = dsr.library() AND slug = dsr.vendor_find(p_name)
$function$;

ALTER FUNCTION api.vendor_show(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.vendor_show(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.vendor_show(text) TO dsrd_api;
