-- SPDX-License-Identifier: GPL-3.0-or-later
-- Writes a vendor document {doc, version} through the API; from now on neither files nor imports overwrite it. `version`: what
-- api.vendor_show() gave; DS412 when somebody wrote it meanwhile; null does not ask. DS422 for a vendor that would own itself. For staff
-- and operators.
CREATE OR REPLACE FUNCTION api.vendor_put(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    wanted text := p #>> '{doc,slug}';
    known dsr.vendor;
    above text := dsr.vendor_parent(p #>> '{doc,parent}');
    steps int := 0;
BEGIN
    SELECT * INTO known FROM dsr.vendor WHERE library_id = dsr.library() AND slug = wanted FOR UPDATE;
    IF p ->> 'version' IS NOT NULL AND p ->> 'version' <> coalesce(dsr.vendor_version(known), '') THEN
        PERFORM dsr.raise_error('412', 'version', format('%s was changed by somebody else meanwhile; look at it again.', wanted));
    END IF;
    WHILE above IS NOT NULL AND steps < 20 LOOP
        IF above = wanted THEN
            PERFORM dsr.raise_error('422', 'parent', format('parent: %s cannot belong to a company that belongs to it.', wanted));
        END IF;
        above := (SELECT dsr.vendor_parent(parent) FROM dsr.vendor WHERE library_id = dsr.library() AND slug = above);
        steps := steps + 1;
    END LOOP;
    IF known.doc IS DISTINCT FROM p -> 'doc' OR NOT known.edited THEN
        PERFORM dsr.vendor_store(p -> 'doc', true);
        PERFORM dsr.audit_add('vendor', wanted);
    END IF;
    RETURN p -> 'doc';
END
$function$;

ALTER FUNCTION api.vendor_put(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.vendor_put(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.vendor_put(jsonb) TO dsrd_api;
