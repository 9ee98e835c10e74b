-- SPDX-License-Identifier: GPL-3.0-or-later
-- A page of everything held about a person {limit, cursor}: items {kind, data} in order, and the cursor of the page after. DS422 for a bad
-- cursor.
CREATE OR REPLACE FUNCTION dsr.export_page(p jsonb, p_account uuid, p_subject uuid) RETURNS json
    LANGUAGE plpgsql
AS $function$
DECLARE
    kinds text[] := ARRAY['person', 'authority', 'request', 'mail', 'audit', 'filed_for_another', 'recorded_for_another', 'call', 'token'];
    after_section integer := 0;
    after_key text := '';
    after_text text;
    answer json;
BEGIN
    BEGIN
        after_text := convert_from(decode(p ->> 'cursor', 'hex'), 'UTF8');
    EXCEPTION WHEN OTHERS THEN
        after_text := '?';
    END;
    IF after_text !~ '^[1-9]\|' THEN
        PERFORM dsr.raise_error('422', 'cursor', 'This is no cursor of an earlier page.');
    ELSIF after_text IS NOT NULL THEN
        after_section := left(after_text, 1)::int;
        after_key := substr(after_text, 3);
    END IF;
    WITH page AS MATERIALIZED (
        SELECT * FROM dsr.export_items(p_account, p_subject)
         WHERE section > after_section OR (section = after_section AND key COLLATE "C" > after_key)
         ORDER BY section, key COLLATE "C" LIMIT (p ->> 'limit')::int + 1
    ), shown AS MATERIALIZED (SELECT *, row_number() OVER (ORDER BY section, key COLLATE "C") AS place FROM page
                               ORDER BY section, key COLLATE "C" LIMIT (p ->> 'limit')::int)
    SELECT json_build_object(
        'items', coalesce((SELECT json_agg(json_build_object('kind', kinds[section], 'data', dsr.export_json(section, id, p_account, p_subject))
                                           ORDER BY place) FROM shown), '[]'),
        'next', CASE WHEN (SELECT count(*) FROM page) > (p ->> 'limit')::int
                     THEN (SELECT encode(convert_to(section || '|' || key, 'UTF8'), 'hex') FROM shown ORDER BY place DESC LIMIT 1) END)
      INTO answer;
    RETURN answer;
END
$function$;

ALTER FUNCTION dsr.export_page(jsonb, uuid, uuid) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.export_page(jsonb, uuid, uuid) FROM PUBLIC;
