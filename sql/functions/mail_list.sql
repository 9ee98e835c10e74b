-- SPDX-License-Identifier: GPL-3.0-or-later
-- Messages, newest first {limit, cursor, state}: states and references, no address.
CREATE OR REPLACE FUNCTION api.mail_list(p jsonb) RETURNS json
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
WITH page AS MATERIALIZED (
    SELECT * FROM dsr.message m
     WHERE m.library_id = dsr.library()
       AND (dsr.has_role('staff') OR dsr.has_role('operator') OR m.recipient_id = dsr.me() OR m.recipient_id = dsr.my_subject())
       AND (p ->> 'state' IS NULL OR m.state = p ->> 'state')
       AND (p ->> 'cursor' IS NULL OR m.created_at < to_timestamp((p ->> 'cursor')::bigint / 1000000.0))
     ORDER BY m.created_at DESC LIMIT (p ->> 'limit')::int + 1
), shown AS (SELECT * FROM page ORDER BY created_at DESC LIMIT (p ->> 'limit')::int)
SELECT json_build_object(
    'messages', coalesce((SELECT json_agg(json_build_object('id', id, 'day', day, 'kind', kind, 'state', state, 'attempts', attempts,
                    'last_code', last_code, 'last_problem', last_problem, 'next_at', next_at, 'queue_id', queue_id, 'digest', digest,
                    'refs', (SELECT coalesce(json_agg(DISTINCT r.ref), '[]') FROM dsr.reminder d JOIN dsr.request r
                               ON r.library_id = d.library_id AND r.id = d.request_id
                              WHERE d.library_id = dsr.library() AND d.message_id = shown.id)) ORDER BY created_at DESC) FROM shown), '[]'),
    'next', CASE WHEN (SELECT count(*) FROM page) > (p ->> 'limit')::int
                 THEN (SELECT (extract(epoch FROM min(created_at)) * 1000000)::bigint::text FROM shown) END)
$function$;

ALTER FUNCTION api.mail_list(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.mail_list(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.mail_list(jsonb) TO dsrd_api;
