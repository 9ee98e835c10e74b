-- SPDX-License-Identifier: GPL-3.0-or-later
-- Puts a mail aside {id, state}: confirmed (seen, nothing to record) or discarded.
CREATE OR REPLACE FUNCTION api.inbox_decide(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    found dsr.reply := dsr.reply_find(p ->> 'id');
    answer json;
BEGIN
    IF dsr.reply_stands(found) THEN
        PERFORM dsr.raise_error('409', 'id', 'This reply has been recorded already; undo the event first (dsr undo).');
    ELSIF p ->> 'state' = 'confirmed' AND (found.request_id IS NULL OR found.state = 'pen') THEN
        PERFORM dsr.raise_error('409', 'id', 'Nobody has said which request this reply is about: `dsr inbox assign` first.');
    END IF;
    UPDATE dsr.reply SET state = p ->> 'state', event_id = NULL, decided_by = dsr.me(), decided_at = now()
     WHERE library_id = found.library_id AND id = found.id RETURNING * INTO found;
    DELETE FROM dsr.reminder WHERE library_id = found.library_id AND request_id = found.request_id AND kind IN ('replied', 'bounced') AND state = 'planned'
       AND NOT dsr.reply_waits(found.request_id);
    answer := dsr.reply_json(found);
    PERFORM dsr.audit_add('reply_' || (p ->> 'state'), coalesce(answer ->> 'ref', found.id::text), jsonb_build_object('reply', found.id));
    RETURN answer;
END
$function$;

ALTER FUNCTION api.inbox_decide(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.inbox_decide(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.inbox_decide(jsonb) TO dsrd_api;
