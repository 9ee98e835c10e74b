-- SPDX-License-Identifier: GPL-3.0-or-later
-- A product of an import {product, vendor, origin} becomes a name of its vendor: {vendor, result, reason}. Never one that is another
-- vendor's, or begins with another vendor's name or brand: open lists are wrong there.
CREATE OR REPLACE FUNCTION dsr.vendor_import_product(p jsonb) RETURNS jsonb
    LANGUAGE plpgsql
AS $function$
DECLARE
    owners text[];
    others text;
    brand text;
    folded text := lower(p ->> 'product');
BEGIN
    SELECT array_agg(DISTINCT coalesce(v.merged_into, v.slug)::text) INTO owners
      FROM dsr.vendor_name n JOIN dsr.vendor v ON v.library_id = n.library_id AND v.slug = n.slug
     WHERE n.library_id = dsr.library() AND n.folded_name = lower(p ->> 'vendor');
    IF owners IS NULL OR cardinality(owners) > 1 THEN
        RETURN jsonb_build_object('result', 'refused', 'reason', CASE WHEN owners IS NULL THEN format('There is no vendor "%s".', p ->> 'vendor')
            ELSE format('Several vendors are called "%s": %s.', p ->> 'vendor', array_to_string(owners, ', ')) END);
    ELSIF EXISTS (SELECT FROM dsr.vendor_name WHERE library_id = dsr.library() AND folded_name = folded AND slug = owners[1]) THEN
        RETURN jsonb_build_object('vendor', owners[1], 'result', 'unchanged');
    END IF;
    SELECT coalesce(v.merged_into, v.slug), n.folded_name INTO others, brand
      FROM dsr.vendor_name n JOIN dsr.vendor v ON v.library_id = n.library_id AND v.slug = n.slug
     WHERE n.library_id = dsr.library() AND coalesce(v.merged_into, v.slug) <> owners[1] AND char_length(n.folded_name) >= 4
       AND starts_with(folded, n.folded_name) AND substr(folded, char_length(n.folded_name) + 1, 1) !~ '[[:alnum:]]'
     ORDER BY char_length(n.folded_name) DESC LIMIT 1;
    IF others IS NOT NULL THEN
        RETURN jsonb_build_object('vendor', owners[1], 'result', 'kept', 'reason', format('"%s" is a name of %s, so this is not taken for a product of %s.', brand, others, owners[1]));
    END IF;
    INSERT INTO dsr.vendor_product (library_id, slug, name, source) VALUES (dsr.library(), owners[1], p ->> 'product', p ->> 'origin');
    PERFORM dsr.vendor_names_put(owners[1]);
    RETURN jsonb_build_object('vendor', owners[1], 'result', 'added');
END
$function$;

ALTER FUNCTION dsr.vendor_import_product(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.vendor_import_product(jsonb) FROM PUBLIC;
