-- SPDX-License-Identifier: GPL-3.0-or-later
-- The slug of a vendor by slug, name, brand or product, whatever the case, the first of these that fits, and what an import knew last; of one that was taken over, the one
-- that took it. DS404 with the nearest
-- names when there is none, DS409 with the short names when several are called so.
CREATE OR REPLACE FUNCTION dsr.vendor_find(p_name text) RETURNS text
    LANGUAGE plpgsql STABLE
AS $function$
DECLARE
    found_slugs text[];
    near text;
BEGIN
    SELECT coalesce(array_agg(DISTINCT coalesce(v.merged_into, v.slug)::text) FILTER (WHERE n.slug = n.folded_name),
                    array_agg(DISTINCT coalesce(v.merged_into, v.slug)::text) FILTER (WHERE NOT n.imported),
                    array_agg(DISTINCT coalesce(v.merged_into, v.slug)::text))
      INTO found_slugs
      FROM dsr.vendor_name n JOIN dsr.vendor v ON v.library_id = n.library_id AND v.slug = n.slug
     WHERE n.library_id = dsr.library() AND n.folded_name = lower(p_name);
    IF found_slugs IS NULL THEN
        SELECT string_agg(DISTINCT folded_name, ', ') INTO near FROM (
            SELECT DISTINCT ON (slug) slug, folded_name, dsr.likeness(folded_name, p_name) AS best
              FROM dsr.vendor_name WHERE library_id = dsr.library() AND dsr.likeness(folded_name, p_name) >= 0.4
             ORDER BY slug, best DESC, folded_name) alike;
        PERFORM dsr.raise_error('404', 'vendor', format('There is no vendor "%s". %s', p_name,
            CASE WHEN near IS NOT NULL THEN 'Did you mean: ' || near || '?' ELSE '`dsr vendor list` shows those there are.' END));
    ELSIF cardinality(found_slugs) > 1 THEN
        PERFORM dsr.raise_error('409', 'vendor', format('%s vendors are called "%s": %s%s. Say which, by that short name.', cardinality(found_slugs),
            p_name, array_to_string(found_slugs[:10], ', '), CASE WHEN cardinality(found_slugs) > 10 THEN ' ...' ELSE '' END));
    END IF;
    RETURN found_slugs[1];
END
$function$;

ALTER FUNCTION dsr.vendor_find(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.vendor_find(text) FROM PUBLIC;
