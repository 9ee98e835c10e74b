-- SPDX-License-Identifier: GPL-3.0-or-later
-- Messages, newest first {limit, cursor, state}: states and, for who works on requests, references; no address. A scan makes many at
-- one instant, so a page ends at an id.
CREATE OR REPLACE FUNCTION api.mail_list(p jsonb) RETURNS json
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    answer json;
    before_at timestamptz := 'infinity';
    before_id uuid;
BEGIN
    IF p ->> 'cursor' !~ '^[0-9]{1,17}_[0-9a-f-]{36}$' THEN
        PERFORM dsr.raise_error('422', 'cursor', 'This is no cursor of an earlier page.');
    ELSIF p ->> 'cursor' IS NOT NULL THEN
        before_at := 'epoch'::timestamptz + split_part(p ->> 'cursor', '_', 1)::bigint * interval '1 microsecond';
        before_id := split_part(p ->> 'cursor', '_', 2)::uuid;
    END IF;
    WITH page AS MATERIALIZED (
        SELECT * FROM dsr.message m
         WHERE m.library_id = dsr.library()
           AND (dsr.sees_all() OR m.recipient_id = dsr.me() OR m.recipient_id = dsr.my_subject())
           AND (p ->> 'state' IS NULL OR m.state = p ->> 'state')
           AND m.created_at <= before_at AND (m.created_at < before_at OR m.id < before_id)
         ORDER BY m.created_at DESC, m.id DESC LIMIT (p ->> 'limit')::int + 1
    ), shown AS (SELECT * FROM page ORDER BY created_at DESC, id DESC LIMIT (p ->> 'limit')::int)
    SELECT json_build_object(
        'messages', coalesce((SELECT json_agg(json_build_object('id', id, 'day', day, 'kind', kind, 'state', state, 'attempts', attempts,
                        'last_code', last_code, 'last_problem', last_problem, 'next_at', next_at, 'queue_id', queue_id, 'digest', digest,
                        'refs', dsr.message_refs(shown.id)) ORDER BY created_at DESC, id DESC) FROM shown), '[]'),
        'next', CASE WHEN (SELECT count(*) FROM page) > (p ->> 'limit')::int
                     THEN (SELECT (extract(epoch FROM created_at) * 1000000)::bigint || '_' || id FROM shown ORDER BY created_at, id LIMIT 1) END)
      INTO answer;
    RETURN answer;
EXCEPTION WHEN invalid_text_representation THEN
    PERFORM dsr.raise_error('422', 'cursor', 'This is no cursor of an earlier page.');
END
$function$;

ALTER FUNCTION api.mail_list(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.mail_list(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.mail_list(jsonb) TO dsrd_api;
