-- SPDX-License-Identifier: GPL-3.0-or-later
-- What an operator or a load balancer asks. Counts only.
CREATE OR REPLACE FUNCTION api.health() RETURNS json
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
SELECT json_build_object(
    'schema_version', (SELECT max(version) FROM dsr.schema_version),
    'library', (SELECT name FROM dsr.library WHERE id = dsr.library()),
    'zone', (SELECT zone FROM dsr.library WHERE id = dsr.library()),
    'mail', (SELECT json_build_object(
                 'queued', count(*) FILTER (WHERE state IN ('queued', 'leased', 'sending')),
                 'failed', count(*) FILTER (WHERE state = 'failed'),
                 'in_doubt', count(*) FILTER (WHERE state = 'in_doubt'),
                 'oldest_queued_s', coalesce(extract(epoch FROM now() - min(created_at) FILTER (WHERE state = 'queued'))::bigint, 0))
               -- In two halves, as the indexes message_trouble and message_held have them: what was sent long ago is not looked at.
               FROM (SELECT state, created_at FROM dsr.message
                      WHERE library_id = dsr.library() AND state IN ('queued', 'failed', 'in_doubt')
                     UNION ALL
                     SELECT state, created_at FROM dsr.message
                      WHERE library_id = dsr.library() AND state IN ('leased', 'sending')) m))
$function$;

ALTER FUNCTION api.health() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.health() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.health() TO dsrd_api;
