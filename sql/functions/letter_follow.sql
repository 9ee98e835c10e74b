-- SPDX-License-Identifier: GPL-3.0-or-later
-- Brings a letter up to what became of its message; nothing for other messages. What is sent is told to who writes it into the request's
-- record.
CREATE OR REPLACE FUNCTION dsr.letter_follow(p_message uuid) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    UPDATE dsr.letter l SET
        state = CASE m.state WHEN 'sent' THEN 'sent' WHEN 'in_doubt' THEN 'in_doubt' WHEN 'failed' THEN 'failed'
                             WHEN 'cancelled' THEN 'withdrawn' ELSE 'approved' END,
        sent_at = CASE WHEN m.state = 'sent' THEN coalesce(l.sent_at, clock_timestamp()) END,
        sender = CASE WHEN m.state NOT IN ('sent', 'failed', 'cancelled') THEN l.sender END,
        reason = CASE WHEN m.state NOT IN ('sent', 'queued', 'leased', 'sending') THEN m.last_problem END
      FROM dsr.message m
     WHERE l.library_id = dsr.library() AND l.message_id = p_message AND m.library_id = l.library_id AND m.id = l.message_id;
    IF EXISTS (SELECT FROM dsr.letter WHERE library_id = dsr.library() AND message_id = p_message AND state = 'sent') THEN
        PERFORM pg_notify('dsr', 'letter ' || dsr.library());
    END IF;
END
$function$;

ALTER FUNCTION dsr.letter_follow(uuid) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.letter_follow(uuid) FROM PUBLIC;
