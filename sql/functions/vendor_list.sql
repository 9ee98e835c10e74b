-- SPDX-License-Identifier: GPL-3.0-or-later
-- Vendors {q, name, trouble, merged} with how many requests are open and overdue, and which channels bounce or are stale. q: whose slug, name or
-- brand holds it; name: the one of that name; trouble: only those with such a channel, the ones with open requests first; merged: only those that were taken over,
-- which are left out otherwise, their requests being counted for who took them over.
CREATE OR REPLACE FUNCTION api.vendor_list(p jsonb) RETURNS json
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
SELECT json_build_object('vendors', coalesce(json_agg(json_build_object(
           'slug', v.slug, 'name', v.name, 'brands', v.doc -> 'brands', 'parent', v.parent,
           'parent_slug', CASE WHEN v.parent IS NOT NULL THEN dsr.vendor_parent(v.parent) END,
           'origin', v.doc -> 'origin', 'merged_into', v.merged_into, 'merged_on', v.merged_on,
           'open', coalesce(c.open, 0), 'overdue', coalesce(c.overdue, 0), 'trouble', t.channels, 'trouble_text', t.says)
       ORDER BY CASE WHEN p ? 'trouble' THEN c.open IS NULL END, CASE WHEN p ? 'trouble' THEN NOT t.bouncing END, v.slug), '[]'))
  FROM dsr.vendor v
  LEFT JOIN (SELECT CASE WHEN p ? 'merged' THEN own.slug ELSE coalesce(own.merged_into, own.slug) END AS vendor, count(*) AS open,
                    count(*) FILTER (WHERE dsr.is_overdue(dsr.status_of(r, now(), 0))) AS overdue
               FROM dsr.request r JOIN dsr.vendor own ON own.library_id = r.library_id AND own.slug = r.vendor
              WHERE r.library_id = dsr.library() AND r.state = 'open' AND (dsr.sees_all() OR r.subject_id = dsr.my_subject())
              GROUP BY 1) c ON c.vendor = v.slug
  LEFT JOIN (SELECT vendor, bool_or(bouncing) AS bouncing,
                    json_agg(json_build_object('channel', channel, 'status', CASE WHEN bouncing THEN 'bouncing' ELSE 'stale' END,
                        'on', CASE WHEN bouncing THEN bounced_on ELSE fresh_on END) ORDER BY channel) AS channels,
                    string_agg(channel || CASE WHEN bouncing THEN ' bounces, last on ' || bounced_on ELSE ' not seen since ' || fresh_on END, ', '
                               ORDER BY channel) AS says
               FROM dsr.vendor_trouble() GROUP BY vendor) t ON t.vendor = v.slug
 WHERE v.library_id = dsr.library() AND (p ->> 'name' IS NULL OR v.slug = dsr.vendor_find(p ->> 'name')) AND (v.merged_into IS NOT NULL) = (p ? 'merged') AND (t.vendor IS NOT NULL OR NOT p ? 'trouble')
   AND (p ->> 'q' IS NULL OR v.slug IN (SELECT CASE WHEN p ? 'merged' THEN o.slug ELSE coalesce(o.merged_into, o.slug) END
                                          FROM dsr.vendor_name n JOIN dsr.vendor o ON o.library_id = n.library_id AND o.slug = n.slug
                                         WHERE n.library_id = v.library_id AND strpos(n.folded_name, lower(p ->> 'q')) > 0))
$function$;

ALTER FUNCTION api.vendor_list(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.vendor_list(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.vendor_list(jsonb) TO dsrd_api;
