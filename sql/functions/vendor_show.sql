-- SPDX-License-Identifier: GPL-3.0-or-later
-- A vendor's document by slug, name or brand, whether it was edited, and as `directory` what is known beside the document: of whom it is,
-- what belongs to it, whom it took over, products, and of each channel its status and what was learned. DS404 with near misses.
CREATE OR REPLACE FUNCTION api.vendor_show(p_name text) RETURNS json
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    v dsr.vendor;
    exact dsr.vendor;
BEGIN
    SELECT * INTO v FROM dsr.vendor WHERE library_id = dsr.library() AND slug = dsr.vendor_find(p_name);
    SELECT * INTO exact FROM dsr.vendor WHERE library_id = dsr.library() AND slug = lower(p_name) AND merged_into IS NOT NULL;
    RETURN v.doc || jsonb_build_object('edited', v.edited, 'directory', jsonb_build_object(
        'version', dsr.vendor_version(v),
        'product', (SELECT jsonb_build_object('name', p.name, 'source', p.source) FROM dsr.vendor_product p
                     WHERE p.library_id = v.library_id AND p.slug = v.slug AND lower(p.name) = lower(p_name) LIMIT 1),
        'asked_for', CASE WHEN exact.slug IS NOT NULL THEN jsonb_build_object('slug', exact.slug, 'name', exact.name, 'merged_on', exact.merged_on) END,
        'parent', (SELECT jsonb_build_object('slug', o.slug, 'name', o.name) FROM dsr.vendor o
                    WHERE o.library_id = v.library_id AND o.slug = dsr.vendor_parent(v.parent) AND o.slug <> v.slug),
        'owns', (SELECT coalesce(jsonb_agg(jsonb_build_object('slug', o.slug, 'name', o.name) ORDER BY o.slug), '[]') FROM dsr.vendor o
                  WHERE o.library_id = v.library_id AND o.parent IS NOT NULL AND o.merged_into IS NULL AND o.slug <> v.slug
                    AND dsr.vendor_parent(o.parent) = v.slug),
        'beside', (SELECT coalesce(jsonb_agg(jsonb_build_object('slug', o.slug, 'name', o.name) ORDER BY o.slug), '[]') FROM dsr.vendor o
                    WHERE o.library_id = v.library_id AND lower(o.parent) = lower(v.parent) AND o.merged_into IS NULL AND o.slug <> v.slug),
        'took_over', (SELECT coalesce(jsonb_agg(jsonb_build_object('slug', o.slug, 'name', o.name, 'merged_on', o.merged_on) ORDER BY o.slug), '[]')
                        FROM dsr.vendor o WHERE o.library_id = v.library_id AND o.merged_into = v.slug),
        'products', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', name, 'source', source) ORDER BY name), '[]') FROM dsr.vendor_product
                      WHERE library_id = v.library_id AND slug = v.slug),
        'channels', (SELECT coalesce(jsonb_object_agg(c.channel, jsonb_strip_nulls(jsonb_build_object(
                         'status', dsr.channel_status(c, dsr.today(), l.stale_days), 'proven_on', c.proven_on, 'confirmed_on', c.confirmed_on,
                         'confirmed_source', c.confirmed_source, 'bounced_on', c.bounced_on, 'bounces', c.bounces, 'hard', c.hard))), '{}')
                       FROM dsr.vendor_channel c, dsr.library l WHERE c.library_id = v.library_id AND c.vendor = v.slug AND l.id = v.library_id)));
END
$function$;

ALTER FUNCTION api.vendor_show(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.vendor_show(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.vendor_show(text) TO dsrd_api;
