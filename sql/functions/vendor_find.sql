-- SPDX-License-Identifier: GPL-3.0-or-later
-- The slug of a vendor by slug, name or brand, whatever the case. DS404 with the nearest names when there is none.
CREATE OR REPLACE FUNCTION dsr.vendor_find(p_name text) RETURNS text
    LANGUAGE plpgsql STABLE
AS $function$
DECLARE
    found_slug text;
    near text;
BEGIN
    SELECT slug INTO found_slug FROM dsr.vendor_name
     WHERE library_id = dsr.library() AND folded_name = lower(p_name)
     ORDER BY slug <> folded_name, slug LIMIT 1;
    IF found_slug IS NULL THEN
        SELECT string_agg(DISTINCT folded_name, ', ') INTO near FROM (
            SELECT DISTINCT ON (slug) folded_name, dsr.likeness(folded_name, p_name) AS best
              FROM dsr.vendor_name WHERE library_id = dsr.library() AND dsr.likeness(folded_name, p_name) >= 0.4
             ORDER BY slug, best DESC, folded_name) alike;
        PERFORM dsr.raise_error('404', 'vendor', format('There is no vendor "%s". %s', p_name,
            CASE WHEN near IS NOT NULL THEN 'Did you mean: ' || near || '?' ELSE '`dsr vendor list` shows those there are.' END));
    END IF;
    RETURN found_slug;
END
$function$;

ALTER FUNCTION dsr.vendor_find(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.vendor_find(text) FROM PUBLIC;
