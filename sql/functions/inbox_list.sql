-- SPDX-License-Identifier: GPL-3.0-or-later
-- What vendors wrote back {state, limit, cursor}, oldest first; without a state, what waits for a decision.
CREATE OR REPLACE FUNCTION api.inbox_list(p jsonb) RETURNS json
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    answer json;
    after_at timestamptz := '-infinity';
    after_id uuid := '00000000-0000-0000-0000-000000000000';
    wanted text[] := CASE WHEN p ->> 'state' IS NULL THEN ARRAY['pen', 'proposed'] ELSE ARRAY[p ->> 'state'] END;
BEGIN
    IF p ->> 'state' NOT IN ('pen', 'proposed', 'noted', 'confirmed', 'discarded') THEN
        PERFORM dsr.raise_error('422', 'state', 'state must be pen, proposed, noted, confirmed or discarded.');
    ELSIF p ->> 'cursor' !~ '^[0-9]{1,17}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN
        PERFORM dsr.raise_error('422', 'cursor', 'This is no cursor of an earlier page.');
    ELSIF p ->> 'cursor' IS NOT NULL THEN
        after_at := 'epoch'::timestamptz + split_part(p ->> 'cursor', '_', 1)::bigint * interval '1 microsecond';
        after_id := split_part(p ->> 'cursor', '_', 2)::uuid;
    END IF;
    WITH page AS MATERIALIZED (
        SELECT w AS whole, w.came_at, w.id FROM dsr.reply w
         WHERE w.library_id = dsr.library() AND w.state = ANY (wanted) AND (w.came_at, w.id) > (after_at, after_id)
           AND (dsr.sees_all() OR (w.state <> 'pen' AND EXISTS (SELECT FROM dsr.request r
                WHERE r.library_id = w.library_id AND r.id = w.request_id AND r.subject_id = dsr.my_subject())))
         ORDER BY w.came_at, w.id LIMIT (p ->> 'limit')::int + 1
    ), shown AS (SELECT * FROM page ORDER BY came_at, id LIMIT (p ->> 'limit')::int)
    SELECT json_build_object('replies', coalesce((SELECT json_agg(dsr.reply_json(whole) ORDER BY came_at, id) FROM shown), '[]'),
        'next', CASE WHEN (SELECT count(*) FROM page) > (p ->> 'limit')::int
                     THEN (SELECT (extract(epoch FROM came_at) * 1000000)::bigint || '_' || id FROM shown ORDER BY came_at DESC, id DESC LIMIT 1) END)
      INTO answer;
    RETURN answer;
END
$function$;

ALTER FUNCTION api.inbox_list(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.inbox_list(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.inbox_list(jsonb) TO dsrd_api;
