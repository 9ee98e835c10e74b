-- SPDX-License-Identifier: GPL-3.0-or-later
-- Aliases in order {limit, cursor}: never names. For staff.
CREATE OR REPLACE FUNCTION api.subject_list(p jsonb) RETURNS json
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
WITH page AS (
    SELECT alias, residence, id FROM dsr.subject
     WHERE library_id = dsr.library() AND alias > coalesce(p ->> 'cursor', '')
     ORDER BY alias LIMIT (p ->> 'limit')::int + 1
), shown AS (SELECT * FROM page ORDER BY alias LIMIT (p ->> 'limit')::int)
SELECT json_build_object(
    'subjects', coalesce((SELECT json_agg(json_build_object('alias', alias, 'residence', residence, 'open',
                    (SELECT count(*) FROM dsr.request r WHERE r.library_id = dsr.library() AND r.subject_id = shown.id
                                                       AND r.state = 'open')) ORDER BY alias) FROM shown), '[]'),
    'next', CASE WHEN (SELECT count(*) FROM page) > (p ->> 'limit')::int THEN (SELECT max(alias) FROM shown) END)
$function$;

ALTER FUNCTION api.subject_list(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.subject_list(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.subject_list(jsonb) TO dsrd_api;
