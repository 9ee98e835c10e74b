-- SPDX-License-Identifier: GPL-3.0-or-later
-- Says which request a mail is about {id, ref}. It waits for a decision then; what was decided already stays.
CREATE OR REPLACE FUNCTION api.inbox_assign(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    found dsr.reply := dsr.reply_find(p ->> 'id');
    r dsr.request := dsr.request_find(p ->> 'ref');
BEGIN
    IF dsr.reply_stands(found) THEN
        PERFORM dsr.raise_error('409', 'id', 'This reply has been recorded already; undo the event first (dsr undo).');
    ELSIF EXISTS (SELECT FROM dsr.reply WHERE library_id = found.library_id AND sha256 = found.sha256 AND request_id = r.id AND id <> found.id) THEN
        PERFORM dsr.raise_error('409', 'ref', format('This mail is listed for %s already.', r.ref));
    END IF;
    UPDATE dsr.reply SET request_id = r.id, vendor = r.vendor, channel = CASE WHEN request_id = r.id THEN channel END, match_by = 'person', state = 'proposed',
           event = CASE WHEN r.state = 'open' THEN event END, event_id = NULL, decided_by = NULL, decided_at = NULL
     WHERE library_id = found.library_id AND id = found.id RETURNING * INTO found;
    PERFORM dsr.audit_add('reply_assign', r.ref, jsonb_build_object('reply', found.id));
    RETURN dsr.reply_json(found);
END
$function$;

ALTER FUNCTION api.inbox_assign(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.inbox_assign(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.inbox_assign(jsonb) TO dsrd_api;
