-- SPDX-License-Identifier: GPL-3.0-or-later
-- Writes a vendor document and the names it is found by.
CREATE OR REPLACE FUNCTION dsr.vendor_store(p_doc jsonb, p_edited boolean) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO dsr.vendor (library_id, slug, name, parent, doc, edited)
    VALUES (dsr.library(), p_doc ->> 'slug', p_doc ->> 'name', p_doc ->> 'parent', p_doc, p_edited)
    ON CONFLICT (library_id, slug) DO UPDATE
       SET name = excluded.name, parent = excluded.parent, doc = excluded.doc, edited = excluded.edited, updated_at = now();
    DELETE FROM dsr.vendor_name WHERE library_id = dsr.library() AND slug = p_doc ->> 'slug';
    INSERT INTO dsr.vendor_name (library_id, folded_name, slug)
    SELECT DISTINCT dsr.library(), lower(name), p_doc ->> 'slug'
      FROM (SELECT p_doc ->> 'slug' UNION SELECT p_doc ->> 'name'
            UNION SELECT jsonb_array_elements_text(coalesce(p_doc -> 'brands', '[]'))) AS names (name);
END
$function$;

ALTER FUNCTION dsr.vendor_store(jsonb, boolean) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.vendor_store(jsonb, boolean) FROM PUBLIC;
