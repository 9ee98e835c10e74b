-- SPDX-License-Identifier: GPL-3.0-or-later
-- Writes a mailer's verdict {message, attempt, incarnation, verdict, smtp_code, curl_code, uploaded, reply_sealed, queue_id, problem,
-- retry_in_s}. A mail that the relay put off is composed anew for the next try, so that it says where things stand then; one in
-- doubt keeps its bytes. Only the verdict of the try under way, by the mailer that holds the lease, counts: a late one changes
-- nothing.
CREATE OR REPLACE FUNCTION dsr.verdict_apply(p jsonb) RETURNS boolean
    LANGUAGE plpgsql
AS $function$
DECLARE
    word text := p ->> 'verdict';
    -- It may have arrived at an earlier try: until it surely has, only the very same bytes may go.
    doubted boolean := word = 'in_doubt' OR EXISTS (SELECT FROM dsr.attempt WHERE library_id = dsr.library()
                           AND message_id = (p ->> 'message')::uuid AND verdict = 'in_doubt');
BEGIN
    UPDATE dsr.message SET
        state = CASE WHEN word = 'retry' AND doubted THEN 'in_doubt' WHEN word = 'retry' THEN 'queued' ELSE word END,
        incarnation = NULL, lease_until = NULL,
        bytes = CASE WHEN doubted AND word IN ('in_doubt', 'retry') THEN bytes END,
        queue_id = p ->> 'queue_id', last_code = (p ->> 'smtp_code')::int,
        last_problem = CASE WHEN word = 'sent' THEN NULL ELSE p ->> 'problem' END,
        next_at = clock_timestamp() + make_interval(secs => coalesce((p ->> 'retry_in_s')::int, 0))
     WHERE library_id = dsr.library() AND id = (p ->> 'message')::uuid AND state = 'sending'
       AND incarnation = (p ->> 'incarnation')::uuid;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE dsr.attempt SET ended_at = clock_timestamp(), verdict = word, smtp_code = (p ->> 'smtp_code')::int,
           curl_code = (p ->> 'curl_code')::int, uploaded = (p ->> 'uploaded')::bigint, reply = decode(p ->> 'reply_sealed', 'base64')
     WHERE library_id = dsr.library() AND id = (p ->> 'attempt')::uuid AND ended_at IS NULL;
    IF word = 'sent' THEN
        UPDATE dsr.reminder SET state = 'sent' WHERE library_id = dsr.library() AND message_id = (p ->> 'message')::uuid;
    END IF;
    RETURN true;
END
$function$;

ALTER FUNCTION dsr.verdict_apply(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.verdict_apply(jsonb) FROM PUBLIC;
