-- SPDX-License-Identifier: GPL-3.0-or-later
-- Stops the reminders of these requests that wait in a mail and may not go out any more (dsr.reminder_stopped), and plans again those
-- stopped before that may. Planned ones are seen to when they fall due. A mail that has nothing left to say is cancelled; one that is being
-- sent, or may have arrived already and goes again as it was, keeps its reminders until it is known what became of it (dsr.message_unsent).
CREATE OR REPLACE FUNCTION dsr.reminders_settle(p_requests bigint[]) RETURNS void
    LANGUAGE plpgsql SET dsr.reach = 'library' -- what it concerns is other people's too: none of it may be overlooked here
AS $function$
DECLARE
    unfinished uuid[];
BEGIN
    UPDATE dsr.reminder d SET state = 'planned'
     WHERE d.library_id = dsr.library() AND d.request_id = ANY (p_requests) AND d.state = 'stopped' AND NOT dsr.reminder_stopped(d);
    IF FOUND THEN
        PERFORM dsr.reminders_wake();
    END IF;
    SELECT array_agg(id) INTO unfinished
      FROM (SELECT m.id FROM dsr.message m
             WHERE m.library_id = dsr.library() AND m.state IN ('queued', 'leased', 'failed') AND m.bytes IS NULL
               AND m.id IN (SELECT message_id FROM dsr.reminder
                             WHERE library_id = dsr.library() AND request_id = ANY (p_requests) AND state = 'gathered')
             ORDER BY m.id FOR UPDATE) waiting;
    UPDATE dsr.reminder d SET state = 'stopped', message_id = NULL
     WHERE d.library_id = dsr.library() AND d.request_id = ANY (p_requests) AND d.state = 'gathered' AND d.message_id = ANY (unfinished)
       AND dsr.reminder_stopped(d);
    PERFORM dsr.messages_revise(unfinished);
END
$function$;

ALTER FUNCTION dsr.reminders_settle(bigint[]) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.reminders_settle(bigint[]) FROM PUBLIC;
