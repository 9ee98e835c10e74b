-- SPDX-License-Identifier: GPL-3.0-or-later
-- One mail that came {id, text}; `text`: with its text, in the box that only the library's own key opens. That somebody asked for it is recorded.
CREATE OR REPLACE FUNCTION api.inbox_show(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    found dsr.reply := dsr.reply_find(p ->> 'id');
    answer jsonb := dsr.reply_json(found);
BEGIN
    IF (p ->> 'text')::boolean AND found.text IS NOT NULL THEN
        answer := answer || jsonb_build_object('text', translate(encode(found.text, 'base64'), E'\n', ''));
        PERFORM dsr.audit_add('reply_text', found.id::text, jsonb_build_object('ref', answer -> 'ref'));
    END IF;
    RETURN answer;
END
$function$;

ALTER FUNCTION api.inbox_show(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.inbox_show(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.inbox_show(jsonb) TO dsrd_api;
