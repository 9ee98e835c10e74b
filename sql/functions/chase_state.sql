-- SPDX-License-Identifier: GPL-3.0-or-later
-- All that a chaser to a vendor {vendor, again, limit} is written from: the vendor's document, the requests that it may name, oldest first, and
-- how many it leaves out and why. `again`: those of the last seven days too. No person is in it. DS404.
CREATE OR REPLACE FUNCTION api.chase_state(p jsonb) RETURNS json
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    slug_found text := dsr.vendor_find(p ->> 'vendor');
    again boolean := coalesce((p ->> 'again')::boolean, false);
BEGIN
    RETURN json_build_object(
        'vendor', (SELECT doc FROM dsr.vendor WHERE library_id = dsr.library() AND slug = slug_found),
        'items', (SELECT coalesce(json_agg(dsr.request_state_json(r) ORDER BY c.since, c.id), '[]')
                    FROM (SELECT * FROM dsr.chase_requests(slug_found)
                           WHERE why_not IS NULL OR (again AND why_not = 'recent') ORDER BY since, id LIMIT (p ->> 'limit')::int) c
                    JOIN dsr.request r ON r.library_id = dsr.library() AND r.id = c.id),
        'left_out', (SELECT coalesce(json_object_agg(why_not, n), '{}')
                       FROM (SELECT why_not, count(*) AS n FROM dsr.chase_requests(slug_found)
                              WHERE why_not IS NOT NULL AND NOT (again AND why_not = 'recent') GROUP BY why_not) o));
END
$function$;

ALTER FUNCTION api.chase_state(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.chase_state(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.chase_state(jsonb) TO dsrd_api;
