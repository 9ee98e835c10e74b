-- SPDX-License-Identifier: GPL-3.0-or-later
-- Takes back what a dead or too slow mailer held. Not tried: queued again. In the middle of a try, or in doubt before: in doubt, which is a state of its
-- own; a letter to a vendor waits there for a person; a reminder is sent again with the very same bytes after a pause, unless no reminders are wanted at that address any more.
-- When it was in the middle of none, it may have died of any: each of them counts one of its `deaths`, and is leased alone then (dsr.mail_lease_here). One
-- that mailers die of again and again, or that is left in doubt so often, is given up after p_attempts.
CREATE OR REPLACE FUNCTION dsr.leases_recover(p_pause_s integer, p_attempts integer DEFAULT 12) RETURNS void
    LANGUAGE plpgsql
AS $function$
DECLARE
    held record;
    given_up boolean;
BEGIN
    FOR held IN
        WITH taken AS MATERIALIZED (
            SELECT id, state, incarnation, deaths, kind = 'letter' AS letter, CASE kind WHEN 'letter' THEN state = 'sending' ELSE bytes IS NOT NULL END AS tried,
                   dsr.message_unwanted(m) AS unwanted
              FROM dsr.message m
             WHERE library_id = dsr.library() AND state IN ('leased', 'sending')
               AND (lease_until < clock_timestamp() OR dsr.owner_is_gone(incarnation))
             FOR UPDATE SKIP LOCKED)
        SELECT *, state = 'leased' AND NOT EXISTS (SELECT FROM dsr.message m WHERE m.library_id = dsr.library() AND m.state = 'sending'
                                                     AND m.incarnation = taken.incarnation) AS suspect
          FROM taken
    LOOP
        UPDATE dsr.attempt SET ended_at = clock_timestamp(), verdict = 'in_doubt'
         WHERE library_id = dsr.library() AND message_id = held.id AND ended_at IS NULL;
        given_up := CASE WHEN held.suspect THEN held.deaths >= p_attempts
                         ELSE held.state = 'sending' AND NOT held.letter
                              AND (SELECT count(*) FROM dsr.attempt WHERE library_id = dsr.library() AND message_id = held.id
                                      AND (verdict = 'in_doubt' OR about_this)) >= p_attempts END;
        UPDATE dsr.message SET incarnation = NULL, lease_until = NULL,
               bytes = CASE WHEN NOT held.unwanted THEN bytes END,
               state = CASE WHEN held.unwanted THEN 'cancelled' WHEN given_up THEN 'failed' WHEN held.tried THEN 'in_doubt' ELSE 'queued' END,
               deaths = deaths + held.suspect::integer,
               -- It was alone, so it was the one in hand.
               attempts = attempts + (held.suspect AND held.deaths > 0)::integer,
               last_problem = CASE WHEN held.state = 'sending' THEN 'The mailer stopped in the middle of sending.'
                                   WHEN held.suspect AND held.deaths > 0 THEN 'The mailer stopped while it wrote this mail.' ELSE last_problem END,
               next_at = CASE WHEN held.state = 'sending' OR (held.suspect AND held.deaths > 0)
                              THEN clock_timestamp() + make_interval(secs => p_pause_s) ELSE least(next_at, now()) END
         WHERE library_id = dsr.library() AND id = held.id;
        PERFORM dsr.letter_follow(held.id);
        IF held.unwanted THEN
            PERFORM dsr.message_unsent(held.id);
        END IF;
    END LOOP;
END
$function$;

ALTER FUNCTION dsr.leases_recover(integer, integer) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.leases_recover(integer, integer) FROM PUBLIC;
