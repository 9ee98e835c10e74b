-- SPDX-License-Identifier: GPL-3.0-or-later
-- Demands, newest first {open, limit, cursor}; what is sealed is in api.demand_show alone. For officers.
CREATE OR REPLACE FUNCTION api.demand_list(p jsonb) RETURNS json
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
WITH page AS (
    SELECT d, n FROM dsr.demand d
     WHERE library_id = dsr.library() AND ((p ->> 'open') IS NULL OR (answer IS NULL) = (p ->> 'open')::boolean)
       AND n < CASE WHEN p ->> 'cursor' ~ '^[0-9]{1,9}$' THEN (p ->> 'cursor')::int ELSE 2147483647 END
     ORDER BY n DESC LIMIT (p ->> 'limit')::int + 1
), shown AS (SELECT * FROM page ORDER BY n DESC LIMIT (p ->> 'limit')::int)
SELECT json_build_object('demands', coalesce((SELECT json_agg(dsr.demand_json(d) ORDER BY n DESC) FROM shown), '[]'),
    'next', CASE WHEN (SELECT count(*) FROM page) > (p ->> 'limit')::int THEN (SELECT min(n)::text FROM shown) END)
$function$;

ALTER FUNCTION api.demand_list(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.demand_list(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.demand_list(jsonb) TO dsrd_api;
