-- SPDX-License-Identifier: GPL-3.0-or-later
-- Entries of a chain {chain, act, since, until, limit, cursor}, newest first; days are those of the library. Officers see all,
-- operators what is technical and the system's own. Names are those of accounts that work here; a patron's account stays an id.
CREATE OR REPLACE FUNCTION api.audit_list(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    here text := (SELECT zone FROM dsr.library WHERE id = dsr.library());
    since timestamptz;
    until timestamptz;
    answer json;
BEGIN
    IF p ->> 'cursor' !~ '^[0-9]{1,18}$' THEN
        PERFORM dsr.raise_error('422', 'cursor', 'This is no cursor of an earlier page.');
    END IF;
    since := (p ->> 'since')::date::timestamp AT TIME ZONE here;
    until := ((p ->> 'until')::date + 1)::timestamp AT TIME ZONE here;
    PERFORM dsr.audit_enter(p ->> 'chain');
    WITH page AS MATERIALIZED (
        SELECT * FROM dsr.audit a
         WHERE a.library_id = dsr.library() AND a.seq < coalesce((p ->> 'cursor')::bigint, 9223372036854775807)
           AND (p ->> 'act' IS NULL OR a.act = p ->> 'act') AND (since IS NULL OR a.at >= since) AND (until IS NULL OR a.at < until)
           AND (dsr.has_role('officer') OR a.library_id = 0 OR dsr.audit_is_technical(a.act))
         ORDER BY a.seq DESC LIMIT (p ->> 'limit')::int + 1
    ), shown AS (SELECT * FROM page ORDER BY seq DESC LIMIT (p ->> 'limit')::int)
    SELECT json_build_object(
        'entries', coalesce((SELECT json_agg(json_build_object('seq', s.seq, 'at', s.at,
                       'local', to_char(s.at AT TIME ZONE here, 'YYYY-MM-DD HH24:MI:SS'), 'act', s.act, 'account', s.account_id,
                       'name', CASE WHEN w.roles <> '{patron}' THEN dsr.envelope('account.name', w.id, w.name) END,
                       'target', s.target, 'detail', s.detail, 'hash', encode(s.hash, 'hex')) ORDER BY s.seq DESC)
                       FROM shown s LEFT JOIN dsr.account w ON w.library_id = s.library_id AND w.id = s.account_id), '[]'),
        'next', CASE WHEN (SELECT count(*) FROM page) > (p ->> 'limit')::int THEN (SELECT min(seq)::text FROM shown) END)
      INTO answer;
    RETURN answer;
EXCEPTION WHEN invalid_datetime_format OR datetime_field_overflow THEN
    PERFORM dsr.raise_error('422', 'since', 'since and until must be days such as 2026-11-23.');
END
$function$;

ALTER FUNCTION api.audit_list(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.audit_list(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.audit_list(jsonb) TO dsrd_api;
