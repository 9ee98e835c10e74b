-- SPDX-License-Identifier: GPL-3.0-or-later
-- Writes the names a vendor is found by: its slug, name, brands, and the products an import knew. Names that only an import knows stand behind
-- those of files and people.
CREATE OR REPLACE FUNCTION dsr.vendor_names_put(p_slug text) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    DELETE FROM dsr.vendor_name WHERE library_id = dsr.library() AND slug = p_slug;
    INSERT INTO dsr.vendor_name (library_id, folded_name, slug, imported)
    SELECT dsr.library(), lower(names.name), p_slug, bool_and(names.imported)
      FROM dsr.vendor v CROSS JOIN LATERAL (SELECT v.doc ? 'origin' AND NOT v.edited) AS origin (from_elsewhere) CROSS JOIN LATERAL (
               SELECT v.slug::text, from_elsewhere UNION ALL SELECT v.name::text, from_elsewhere
               UNION ALL SELECT jsonb_array_elements_text(coalesce(v.doc -> 'brands', '[]')), from_elsewhere
               UNION ALL SELECT p.name, true FROM dsr.vendor_product p WHERE p.library_id = v.library_id AND p.slug = v.slug) AS names (name, imported)
     WHERE v.library_id = dsr.library() AND v.slug = p_slug
     GROUP BY lower(names.name);
END
$function$;

ALTER FUNCTION dsr.vendor_names_put(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.vendor_names_put(text) FROM PUBLIC;
