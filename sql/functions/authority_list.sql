-- SPDX-License-Identifier: GPL-3.0-or-later
-- Authorities {subject, limit, cursor}, by alias: staff see all, others what they have given themselves. DS404 for a foreign alias.
CREATE OR REPLACE FUNCTION api.authority_list(p jsonb) RETURNS json
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    whose uuid := CASE WHEN p ->> 'subject' IS NOT NULL THEN (dsr.subject_of_alias(p ->> 'subject')).id
                       WHEN NOT dsr.has_role('staff') THEN coalesce(dsr.my_subject(), '00000000-0000-0000-0000-000000000000') END;
    answer json;
BEGIN
    IF p ->> 'cursor' !~ '^[a-z0-9-]{1,40}_[0-9]{1,9}$' THEN
        PERFORM dsr.raise_error('422', 'cursor', 'This is no cursor of an earlier page.');
    END IF;
    WITH page AS MATERIALIZED (
        SELECT a, s.alias, a.n FROM dsr.authority a JOIN dsr.subject s ON s.library_id = a.library_id AND s.id = a.subject_id
         WHERE a.library_id = dsr.library() AND a.subject_id = coalesce(whose, a.subject_id)
           AND (p ->> 'cursor' IS NULL OR (s.alias, a.n) > (split_part(p ->> 'cursor', '_', 1), split_part(p ->> 'cursor', '_', 2)::int))
         ORDER BY s.alias, a.n LIMIT (p ->> 'limit')::int + 1
    ), shown AS (SELECT * FROM page ORDER BY alias, n LIMIT (p ->> 'limit')::int)
    SELECT json_build_object(
        'authorities', coalesce((SELECT json_agg(dsr.authority_json(a) ORDER BY alias, n) FROM shown), '[]'),
        'next', CASE WHEN (SELECT count(*) FROM page) > (p ->> 'limit')::int
                     THEN (SELECT alias || '_' || n FROM shown ORDER BY alias DESC, n DESC LIMIT 1) END)
      INTO answer;
    RETURN answer;
END
$function$;

ALTER FUNCTION api.authority_list(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.authority_list(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.authority_list(jsonb) TO dsrd_api;
