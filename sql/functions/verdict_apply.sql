-- SPDX-License-Identifier: GPL-3.0-or-later
-- Writes a mailer's verdict {message, attempt, incarnation, verdict, smtp_code, curl_code, uploaded, reply_sealed, queue_id, problem,
-- retry_in_s, about_this, give_up}. A mail that the relay put off is composed anew for the next try, so that it says where things stand
-- then, and is cancelled when nothing is left to say; one in doubt keeps its bytes; `give_up` ends either. Only the verdict on the newest try counts, by the mailer that holds the lease, or by one
-- that had lost its connection and whose mail is in doubt since: it is the one who knows. Any later one changes nothing.
-- A letter to a vendor keeps its bytes for the next try, and stays in doubt until a person decides.
CREATE OR REPLACE FUNCTION dsr.verdict_apply(p jsonb) RETURNS boolean
    LANGUAGE plpgsql
AS $function$
DECLARE
    word text := p ->> 'verdict';
    give_up boolean := coalesce((p ->> 'give_up')::boolean, false);
    letter boolean := EXISTS (SELECT FROM dsr.letter WHERE library_id = dsr.library() AND message_id = (p ->> 'message')::uuid);
    -- It may have arrived at an earlier try: until it surely has, only the very same bytes may go.
    doubted boolean := word = 'in_doubt' OR NOT letter AND EXISTS (SELECT FROM dsr.attempt WHERE library_id = dsr.library()
                           AND message_id = (p ->> 'message')::uuid AND id <> (p ->> 'attempt')::uuid AND verdict = 'in_doubt');
BEGIN
    -- By a statement of its own: the next one sees what an event has done that was waited for, such as that nothing is left to say.
    PERFORM FROM dsr.message WHERE library_id = dsr.library() AND id = (p ->> 'message')::uuid FOR UPDATE;
    UPDATE dsr.message m SET
        state = CASE WHEN give_up AND NOT (letter AND word = 'in_doubt') THEN 'failed'
                     WHEN word IN ('retry', 'in_doubt') AND dsr.message_unwanted(m) THEN 'cancelled'
                     WHEN word = 'retry' AND doubted THEN 'in_doubt' WHEN word = 'retry' THEN 'queued' ELSE word END,
        incarnation = NULL, lease_until = NULL, deaths = 0,
        bytes = CASE WHEN letter AND word IN ('in_doubt', 'retry') AND NOT (give_up AND word = 'retry') THEN bytes WHEN doubted AND word IN ('in_doubt', 'retry')
                          AND NOT dsr.message_unwanted(m) THEN bytes END,
        queue_id = p ->> 'queue_id', last_code = (p ->> 'smtp_code')::int,
        last_problem = CASE WHEN word = 'sent' THEN NULL ELSE p ->> 'problem' END,
        -- What has to wait for nothing keeps the time since which it could go: by that a standstill is known (dsr.mail_counts).
        next_at = CASE WHEN word = 'retry' AND coalesce((p ->> 'retry_in_s')::int, 0) = 0 THEN next_at
                       ELSE clock_timestamp() + make_interval(secs => coalesce((p ->> 'retry_in_s')::int, 0)) END
     WHERE library_id = dsr.library() AND id = (p ->> 'message')::uuid
       AND ((state = 'sending' AND incarnation = (p ->> 'incarnation')::uuid)
            OR (state = 'in_doubt' AND attempts = (SELECT n FROM dsr.attempt WHERE library_id = dsr.library() AND id = (p ->> 'attempt')::uuid)));
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE dsr.attempt SET ended_at = clock_timestamp(), verdict = word, smtp_code = (p ->> 'smtp_code')::int,
           curl_code = (p ->> 'curl_code')::int, uploaded = (p ->> 'uploaded')::bigint, reply = decode(p ->> 'reply_sealed', 'base64'),
           about_this = coalesce((p ->> 'about_this')::boolean, false)
     WHERE library_id = dsr.library() AND id = (p ->> 'attempt')::uuid;
    PERFORM dsr.letter_follow((p ->> 'message')::uuid);
    IF word = 'sent' THEN
        PERFORM dsr.mailer_seen((p ->> 'incarnation')::uuid, true);
        UPDATE dsr.reminder SET state = 'sent' WHERE library_id = dsr.library() AND message_id = (p ->> 'message')::uuid;
    ELSE
        PERFORM dsr.message_unsent((p ->> 'message')::uuid);
    END IF;
    RETURN true;
END
$function$;

ALTER FUNCTION dsr.verdict_apply(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.verdict_apply(jsonb) FROM PUBLIC;
