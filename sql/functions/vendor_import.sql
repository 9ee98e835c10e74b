-- SPDX-License-Identifier: GPL-3.0-or-later
-- A piece of an import {origin, items}: each item is {n, slug} with a `document`, a `merge`, a `product` or why it is `refused` already. Each is
-- written whole or not at all: [{n, slug, result, reason}], result being added, changed, unchanged, kept (as it is here) or refused.
-- The same again changes nothing. For staff and operators.
CREATE OR REPLACE FUNCTION api.vendor_import(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    item jsonb;
    answer jsonb;
    results jsonb := '[]';
    written int := 0;
    message text;
BEGIN
    FOR item IN SELECT jsonb_array_elements(p -> 'items') LOOP
        BEGIN
            answer := CASE WHEN item ? 'refused' THEN jsonb_build_object('result', 'refused', 'reason', item -> 'refused')
                           WHEN item ? 'document' THEN dsr.vendor_import_document(item -> 'document')
                           WHEN item ? 'merge' THEN dsr.vendor_import_merge(item -> 'merge')
                           ELSE dsr.vendor_import_product(item -> 'product') END;
        EXCEPTION WHEN integrity_constraint_violation OR data_exception OR SQLSTATE 'DS422' THEN
            GET STACKED DIAGNOSTICS message = MESSAGE_TEXT;
            answer := jsonb_build_object('result', 'refused', 'reason', message);
        END;
        written := written + (answer ->> 'result' IN ('added', 'changed'))::int;
        results := results || (jsonb_build_object('n', item -> 'n', 'slug', item -> 'slug') || answer);
    END LOOP;
    IF written > 0 THEN
        PERFORM dsr.audit_add('vendor', NULL, jsonb_build_object('imported', written, 'from', p -> 'origin'));
    END IF;
    RETURN json_build_object('results', results);
END
$function$;

ALTER FUNCTION api.vendor_import(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.vendor_import(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.vendor_import(jsonb) TO dsrd_api;
