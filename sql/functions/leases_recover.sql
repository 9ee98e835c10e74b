-- SPDX-License-Identifier: GPL-3.0-or-later
-- Takes back what a dead or too slow mailer held. Not tried: queued again. In the middle of a try, or in doubt before: in doubt, which is a state of its
-- own; a letter to a vendor waits there for a person; a reminder is sent again with the very same bytes after a pause, unless no reminders are wanted at that address any more.
CREATE OR REPLACE FUNCTION dsr.leases_recover(p_pause_s integer) RETURNS void
    LANGUAGE plpgsql
AS $function$
DECLARE
    held record;
BEGIN
    FOR held IN
        SELECT id, state, CASE kind WHEN 'letter' THEN state = 'sending' ELSE bytes IS NOT NULL END AS tried, kind = 'reminder' AND dsr.address_stopped(address_hash) AS unwanted FROM dsr.message
         WHERE library_id = dsr.library() AND state IN ('leased', 'sending')
           AND (lease_until < clock_timestamp() OR dsr.owner_is_gone(incarnation))
         FOR UPDATE SKIP LOCKED
    LOOP
        UPDATE dsr.attempt SET ended_at = clock_timestamp(), verdict = 'in_doubt'
         WHERE library_id = dsr.library() AND message_id = held.id AND ended_at IS NULL;
        UPDATE dsr.message SET incarnation = NULL, lease_until = NULL,
               bytes = CASE WHEN NOT held.unwanted THEN bytes END,
               state = CASE WHEN held.unwanted THEN 'cancelled' WHEN held.tried THEN 'in_doubt' ELSE 'queued' END,
               last_problem = CASE held.state WHEN 'sending' THEN 'The mailer stopped in the middle of sending.' ELSE last_problem END,
               next_at = clock_timestamp() + CASE held.state WHEN 'sending' THEN make_interval(secs => p_pause_s) ELSE interval '0' END
         WHERE library_id = dsr.library() AND id = held.id;
        PERFORM dsr.letter_follow(held.id);
    END LOOP;
END
$function$;

ALTER FUNCTION dsr.leases_recover(integer) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.leases_recover(integer) FROM PUBLIC;
