-- SPDX-License-Identifier: GPL-3.0-or-later
-- A new vendor by its document. The same document again is no error. DS409 when the short name is taken. For staff and operators.
CREATE OR REPLACE FUNCTION api.vendor_add(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    known dsr.vendor;
BEGIN
    SELECT * INTO known FROM dsr.vendor WHERE library_id = dsr.library() AND slug = p ->> 'slug';
    IF known.slug IS NOT NULL AND known.doc <> p THEN
        PERFORM dsr.raise_error('409', 'slug', format('There is a vendor %s already (%s); `dsr vendor edit %s` changes it.', known.slug, known.name, known.slug));
    ELSIF known.slug IS NULL THEN
        PERFORM api.vendor_put(jsonb_build_object('doc', p));
    END IF;
    RETURN p::json;
END
$function$;

ALTER FUNCTION api.vendor_add(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.vendor_add(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.vendor_add(jsonb) TO dsrd_api;
