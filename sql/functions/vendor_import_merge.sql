-- SPDX-License-Identifier: GPL-3.0-or-later
-- A take-over of an import {slug, name, into, origin}: {result, reason}. A vendor that is not here becomes a name that leads to its successor.
CREATE OR REPLACE FUNCTION dsr.vendor_import_merge(p jsonb) RETURNS jsonb
    LANGUAGE plpgsql
AS $function$
DECLARE
    known dsr.vendor;
    target text := (SELECT coalesce(merged_into, slug) FROM dsr.vendor WHERE library_id = dsr.library() AND slug = p ->> 'into');
BEGIN
    SELECT * INTO known FROM dsr.vendor WHERE library_id = dsr.library() AND slug = p ->> 'slug' FOR UPDATE;
    IF target IS NULL THEN
        RETURN jsonb_build_object('result', 'refused', 'reason', format('Its successor %s is not here; import that first.', p ->> 'into'));
    ELSIF known.merged_into IS NOT NULL THEN
        RETURN CASE WHEN known.merged_into = target THEN '{"result": "unchanged"}'
                    ELSE jsonb_build_object('result', 'kept', 'reason', format('It was taken over by %s here.', known.merged_into)) END;
    ELSIF known.edited OR known.doc ->> 'origin' IS DISTINCT FROM p ->> 'origin' AND known.slug IS NOT NULL THEN
        RETURN jsonb_build_object('result', 'kept', 'reason', format('%s says that %s took it over; if so: dsr vendor merge %s %s', p ->> 'origin', target, known.slug, target));
    ELSIF known.slug IS NULL THEN
        PERFORM dsr.vendor_store(jsonb_build_object('slug', p -> 'slug', 'name', p -> 'name', 'origin', p -> 'origin', 'date_seen', p -> 'seen',
                                                    'establishments', '[]'::jsonb, 'channels', '[]'::jsonb), false);
    END IF;
    PERFORM dsr.vendor_merge_into(p ->> 'slug', target);
    RETURN jsonb_build_object('result', CASE WHEN known.slug IS NULL THEN 'added' ELSE 'changed' END);
END
$function$;

ALTER FUNCTION dsr.vendor_import_merge(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.vendor_import_merge(jsonb) FROM PUBLIC;
