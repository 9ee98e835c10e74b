-- SPDX-License-Identifier: GPL-3.0-or-later
-- Vendors {q} with how many requests are open and overdue; those whose slug, name or brand holds q.
CREATE OR REPLACE FUNCTION api.vendor_list(p jsonb) RETURNS json
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
SELECT json_build_object('vendors', coalesce(json_agg(json_build_object(
           'slug', v.slug, 'name', v.name, 'brands', v.doc -> 'brands', 'parent', v.parent,
           'open', coalesce(c.open, 0), 'overdue', coalesce(c.overdue, 0)) ORDER BY v.slug), '[]'))
  FROM dsr.vendor v
  LEFT JOIN (SELECT vendor, count(*) AS open,
                    count(*) FILTER (WHERE dsr.is_overdue(dsr.status_of(r, now(), 0))) AS overdue
               FROM dsr.request r WHERE library_id = dsr.library() AND state = 'open' AND dsr.sees_all()
              GROUP BY vendor) c ON c.vendor = v.slug
 WHERE v.library_id = dsr.library()
   AND (p ->> 'q' IS NULL OR EXISTS (SELECT FROM dsr.vendor_name n WHERE n.library_id = v.library_id AND n.slug = v.slug
                                      AND strpos(n.folded_name, lower(p ->> 'q')) > 0))
$function$;

ALTER FUNCTION api.vendor_list(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.vendor_list(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.vendor_list(jsonb) TO dsrd_api;
