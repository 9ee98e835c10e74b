-- SPDX-License-Identifier: GPL-3.0-or-later
-- One mail that came, with its text in the box that only the library's own key opens. Who asks for the text of another's is recorded.
CREATE OR REPLACE FUNCTION api.inbox_show(p_id text) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    found dsr.reply := dsr.reply_find(p_id);
    answer jsonb := dsr.reply_json(found)::jsonb || jsonb_build_object('text', translate(encode(found.text, 'base64'), E'\n', ''));
BEGIN
    IF found.text IS NOT NULL THEN
        PERFORM dsr.audit_add('reply_text', found.id::text, jsonb_build_object('ref', answer -> 'ref'));
    END IF;
    RETURN answer;
END
$function$;

ALTER FUNCTION api.inbox_show(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.inbox_show(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.inbox_show(text) TO dsrd_api;
