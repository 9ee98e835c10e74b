-- SPDX-License-Identifier: GPL-3.0-or-later
-- Two may share one address, and so one mail. Before the address of one of them changes or is gone, what waits untried in such mails is planned
-- again: the others' out of the mails to this subject, and this subject's out of the mails to others. Nothing is sent to the address of
-- somebody else, and nothing lost with it.
CREATE OR REPLACE FUNCTION dsr.reminders_part(p_subject uuid) RETURNS void
    LANGUAGE plpgsql SET dsr.reach = 'library' -- what it concerns is other people's too: none of it may be overlooked here
AS $function$
DECLARE
    shared uuid[];
BEGIN
    SELECT array_agg(id) INTO shared
      FROM (SELECT m.id FROM dsr.message m
             WHERE m.library_id = dsr.library() AND m.kind = 'reminder' AND m.state IN ('queued', 'leased', 'failed') AND m.bytes IS NULL
               AND m.id IN (SELECT d.message_id FROM dsr.reminder d JOIN dsr.message o ON o.library_id = d.library_id AND o.id = d.message_id
                             WHERE d.library_id = dsr.library() AND d.state = 'gathered'
                               AND (o.recipient_id = p_subject OR d.recipient_id = p_subject) AND o.recipient_id <> d.recipient_id)
             ORDER BY m.id FOR UPDATE) waiting;
    UPDATE dsr.reminder d SET state = 'planned', message_id = NULL
      FROM dsr.message m
     WHERE d.library_id = dsr.library() AND d.state = 'gathered' AND d.message_id = ANY (shared) AND m.library_id = d.library_id AND m.id = d.message_id
       AND m.recipient_id <> d.recipient_id AND p_subject IN (m.recipient_id, d.recipient_id);
    IF FOUND THEN
        PERFORM dsr.reminders_wake();
    END IF;
    PERFORM dsr.messages_revise(shared);
END
$function$;

ALTER FUNCTION dsr.reminders_part(uuid) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.reminders_part(uuid) FROM PUBLIC;
