-- SPDX-License-Identifier: GPL-3.0-or-later
-- After a try that has come to nothing, of a mail that will be composed anew or not at all: what may not go out any more is stopped, a mail with
-- nothing left to say is cancelled, and one that goes on is not about what was done while it was under way any more: should that be undone, it
-- is planned again.
CREATE OR REPLACE FUNCTION dsr.message_unsent(p_message uuid) RETURNS void
    LANGUAGE plpgsql SET dsr.reach = 'library' -- a mail may hold other people's reminders too: none of them may be overlooked here
AS $function$
BEGIN
    PERFORM FROM dsr.message WHERE library_id = dsr.library() AND id = p_message AND kind = 'reminder' AND state IN ('queued', 'cancelled') AND bytes IS NULL;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    UPDATE dsr.reminder d SET state = 'stopped', message_id = NULL
     WHERE d.library_id = dsr.library() AND d.message_id = p_message AND d.state = 'gathered' AND dsr.reminder_stopped(d);
    UPDATE dsr.message m SET state = 'cancelled' WHERE m.library_id = dsr.library() AND m.id = p_message AND m.state = 'queued' AND NOT dsr.message_has_matter(m);
    UPDATE dsr.reminder d SET message_id = NULL FROM dsr.message m
     WHERE d.library_id = dsr.library() AND d.message_id = p_message AND d.state = 'cancelled' AND m.library_id = d.library_id AND m.id = d.message_id AND m.state = 'queued';
END
$function$;

ALTER FUNCTION dsr.message_unsent(uuid) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.message_unsent(uuid) FROM PUBLIC;
