-- SPDX-License-Identifier: GPL-3.0-or-later
-- Takes the reminders and letters of these requests away, and the mails that were about nothing else, with every try. A mail that is about others too
-- stays without its bytes and without what the relay replied; one not yet tried is composed anew, and one being sent loses its bytes with
-- the verdict. A letter cannot be composed anew: one that waits and named these is withdrawn, one in doubt or
-- being sent stays so and cannot go again. Returns how many mails are gone.
CREATE OR REPLACE FUNCTION dsr.purge_mails(p_requests bigint[]) RETURNS integer
    LANGUAGE plpgsql
AS $function$
DECLARE
    mails uuid[] := ARRAY(SELECT DISTINCT message_id FROM dsr.reminder
                           WHERE library_id = dsr.library() AND request_id = ANY (p_requests) AND message_id IS NOT NULL
                           UNION SELECT message_id FROM dsr.letter WHERE library_id = dsr.library() AND request_id = ANY (p_requests));
    gone integer;
    one uuid;
BEGIN
    PERFORM FROM dsr.message WHERE library_id = dsr.library() AND id = ANY (mails) ORDER BY id FOR UPDATE;
    DELETE FROM dsr.letter WHERE library_id = dsr.library() AND request_id = ANY (p_requests);
    DELETE FROM dsr.reminder WHERE library_id = dsr.library() AND request_id = ANY (p_requests);
    DELETE FROM dsr.message m WHERE m.library_id = dsr.library() AND m.id = ANY (mails) AND NOT m.digest AND m.audit_after IS NULL
       AND NOT EXISTS (SELECT FROM dsr.reminder d WHERE d.library_id = m.library_id AND d.message_id = m.id)
       AND NOT EXISTS (SELECT FROM dsr.letter l WHERE l.library_id = m.library_id AND l.message_id = m.id);
    GET DIAGNOSTICS gone = ROW_COUNT;
    UPDATE dsr.message m SET version = version + 1, bytes = NULL,
           state = CASE WHEN m.state IN ('queued', 'leased') AND NOT dsr.message_has_matter(m) THEN 'cancelled'
                        WHEN m.state = 'in_doubt' THEN 'failed' ELSE m.state END
     WHERE m.library_id = dsr.library() AND m.id = ANY (mails) AND m.state <> 'sending' AND m.kind <> 'letter';
    FOR one IN
        UPDATE dsr.message m SET version = version + 1, bytes = NULL,
               incarnation = CASE WHEN m.state = 'sending' THEN m.incarnation END, lease_until = CASE WHEN m.state = 'sending' THEN m.lease_until END,
               last_problem = CASE WHEN m.state IN ('queued', 'leased') THEN 'A request that it named was erased meanwhile.' ELSE m.last_problem END,
               state = CASE WHEN m.state IN ('queued', 'leased') THEN 'cancelled' ELSE m.state END
         WHERE m.library_id = dsr.library() AND m.id = ANY (mails) AND m.kind = 'letter'
        RETURNING m.id
    LOOP
        PERFORM dsr.letter_follow(one);
    END LOOP;
    UPDATE dsr.attempt SET reply = NULL WHERE library_id = dsr.library() AND message_id = ANY (mails);
    RETURN gone;
END
$function$;

ALTER FUNCTION dsr.purge_mails(bigint[]) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.purge_mails(bigint[]) FROM PUBLIC;
