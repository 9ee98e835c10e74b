-- SPDX-License-Identifier: GPL-3.0-or-later
-- The event just recorded on the request is what this mail said: the mail is its evidence.
CREATE OR REPLACE FUNCTION dsr.reply_confirm(r dsr.request, p_reply text, p_event uuid) RETURNS void
    LANGUAGE plpgsql
AS $function$
DECLARE
    found dsr.reply := dsr.reply_find(p_reply);
BEGIN
    IF found.request_id IS DISTINCT FROM r.id OR found.state = 'pen' THEN
        PERFORM dsr.raise_error('422', 'reply', format('That reply is not about %s.', r.ref));
    ELSIF dsr.reply_stands(found) THEN
        PERFORM dsr.raise_error('409', 'reply', 'That reply has been confirmed already.');
    END IF;
    UPDATE dsr.reply SET state = 'confirmed', event_id = p_event, decided_by = dsr.me(), decided_at = now()
     WHERE library_id = found.library_id AND id = found.id;
END
$function$;

ALTER FUNCTION dsr.reply_confirm(dsr.request, text, uuid) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.reply_confirm(dsr.request, text, uuid) FROM PUBLIC;
