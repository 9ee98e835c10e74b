-- SPDX-License-Identifier: GPL-3.0-or-later
-- One vendor of an import: {result, reason}. What a person wrote or confirmed, what came from another source, and what was taken over here
-- stays as it is, and that is said.
CREATE OR REPLACE FUNCTION dsr.vendor_import_document(p_doc jsonb) RETURNS jsonb
    LANGUAGE plpgsql
AS $function$
DECLARE
    known dsr.vendor;
    confirmed date;
BEGIN
    SELECT * INTO known FROM dsr.vendor WHERE library_id = dsr.library() AND slug = p_doc ->> 'slug' FOR UPDATE;
    IF known.slug IS NULL THEN
        PERFORM dsr.vendor_store(p_doc, false);
        RETURN '{"result": "added"}';
    ELSIF dsr.vendor_undated(known.doc) = dsr.vendor_undated(p_doc) THEN
        RETURN '{"result": "unchanged"}';
    ELSIF known.merged_into IS NOT NULL THEN
        RETURN jsonb_build_object('result', 'kept', 'reason', format('It was taken over by %s here.', known.merged_into));
    ELSIF known.edited THEN
        RETURN jsonb_build_object('result', 'kept', 'reason', 'It was edited here.');
    ELSIF known.doc ->> 'origin' IS DISTINCT FROM p_doc ->> 'origin' THEN
        RETURN jsonb_build_object('result', 'kept', 'reason', format('%s is here already, from %s.', known.name, coalesce(known.doc ->> 'origin', 'the files in etc/vendors')));
    END IF;
    SELECT max(confirmed_on) INTO confirmed FROM dsr.vendor_channel WHERE library_id = known.library_id AND vendor = known.slug;
    IF confirmed IS NOT NULL THEN
        RETURN jsonb_build_object('result', 'kept', 'reason', format('It was confirmed here on %s and differs.', confirmed));
    END IF;
    PERFORM dsr.vendor_store(p_doc, false);
    RETURN '{"result": "changed"}';
END
$function$;

ALTER FUNCTION dsr.vendor_import_document(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.vendor_import_document(jsonb) FROM PUBLIC;
