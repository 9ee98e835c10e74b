-- SPDX-License-Identifier: GPL-3.0-or-later
-- A subject has another address now, or none (null): what waits for it, or is leased, is composed anew for the new one, also what may have arrived at the
-- old one; what is just being sent goes to the old one, and to the new one if that was in vain. Called with the subject locked.
CREATE OR REPLACE FUNCTION dsr.recipient_moved(p_subject uuid, p_hash bytea) RETURNS void
    LANGUAGE plpgsql SET dsr.reach = 'library' -- what it concerns is other people's too: none of it may be overlooked here
AS $function$
DECLARE
    concerned bigint[];
BEGIN
    PERFORM FROM dsr.message
     WHERE library_id = dsr.library() AND recipient_kind = 'subject' AND recipient_id = p_subject AND state NOT IN ('sent', 'cancelled') ORDER BY id FOR UPDATE;
    UPDATE dsr.message m SET version = version + 1, bytes = NULL,
           state = CASE WHEN m.state = 'in_doubt' THEN 'queued' ELSE m.state END,
           address_hash = CASE WHEN p_hash IS NULL OR EXISTS (SELECT FROM dsr.message o WHERE o.library_id = m.library_id AND o.address_hash = p_hash
                                                                 AND o.day = m.day AND o.kind = 'reminder' AND o.state <> 'cancelled' AND o.id <> m.id)
                               THEN m.address_hash ELSE p_hash END
     WHERE m.library_id = dsr.library() AND m.recipient_kind = 'subject' AND m.recipient_id = p_subject AND m.kind = 'reminder'
       AND m.state IN ('queued', 'leased', 'sending', 'in_doubt');
    PERFORM dsr.reminders_part(p_subject);
    SELECT array_agg(DISTINCT d.request_id) INTO concerned
      FROM dsr.message m JOIN dsr.reminder d ON d.library_id = m.library_id AND d.message_id = m.id
     WHERE m.library_id = dsr.library() AND m.recipient_kind = 'subject' AND m.recipient_id = p_subject AND m.state IN ('queued', 'leased');
    PERFORM dsr.reminders_settle(concerned); -- none are wanted at the new one, perhaps
    PERFORM dsr.reminders_revive(p_subject);
END
$function$;

ALTER FUNCTION dsr.recipient_moved(uuid, bytea) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.recipient_moved(uuid, bytea) FROM PUBLIC;
