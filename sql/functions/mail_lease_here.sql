-- SPDX-License-Identifier: GPL-3.0-or-later
-- Leases up to p_count messages of this library whose time has come, that of the oldest deadline first, to one mailer for p_seconds by the database's clock. Each
-- comes with what it shall say, or with its sealed bytes when it was tried before, and with how often the relay put it off or left it in doubt.
-- Reminders wait while they rest (dsr.reminders_rest); a test mail does not. One of a day that has not come waits: the clock
-- has gone back since (dsr.time_repair). A letter to a vendor that is in doubt is not taken: a person decides about it. One that a mailer may have died of is leased alone, so that it takes no other with it: p_alone, or when there is nothing else.
CREATE OR REPLACE FUNCTION dsr.mail_lease_here(p_incarnation uuid, p_count integer, p_seconds integer, p_pause_s integer, p_attempts integer, p_alone boolean) RETURNS json
    LANGUAGE plpgsql
AS $function$
DECLARE
    answers json[] := '{}';
    told json;
    leased dsr.message;
    one uuid;
    moment timestamptz := clock_timestamp(); -- once, so that an index serves
    resting boolean;
    suspects boolean;
    chosen uuid[];
BEGIN
    PERFORM dsr.time_note();
    -- A clock that has gone back makes no lease longer than it was to be. One that somebody is at just now is seen to by the next.
    FOR one IN SELECT id FROM dsr.message
                WHERE library_id = dsr.library() AND state IN ('leased', 'sending') AND lease_until > clock_timestamp() + make_interval(secs => p_seconds)
                  FOR UPDATE SKIP LOCKED
    LOOP
        UPDATE dsr.message SET lease_until = clock_timestamp() + make_interval(secs => p_seconds) WHERE library_id = dsr.library() AND id = one;
    END LOOP;
    PERFORM dsr.leases_recover(p_pause_s, p_attempts);
    resting := dsr.reminders_rest(now());
    FOREACH suspects IN ARRAY ARRAY[p_alone, NOT p_alone] LOOP
        SELECT array_agg(id) INTO chosen
          FROM (SELECT id FROM dsr.message
                 WHERE library_id = dsr.library() AND state IN ('queued', 'in_doubt') AND next_at <= moment
                   AND deaths BETWEEN CASE WHEN suspects THEN 1 ELSE 0 END AND CASE WHEN suspects THEN 2147483647 ELSE 0 END
                   AND NOT (kind = 'reminder' AND (resting OR (bytes IS NULL AND day > dsr.today()))) AND NOT (kind = 'letter' AND state = 'in_doubt')
                 ORDER BY deaths, pressing, next_at LIMIT CASE WHEN suspects THEN 1 ELSE p_count END FOR UPDATE SKIP LOCKED) due;
        EXIT WHEN chosen IS NOT NULL;
    END LOOP;
    -- One by one: for a list of ids PostgreSQL may look through all mails of the library, when it made its plan in one that has few.
    FOREACH one IN ARRAY coalesce(chosen, '{}') LOOP
        UPDATE dsr.message SET state = 'leased', incarnation = p_incarnation, dated = CASE WHEN bytes IS NULL THEN now() ELSE dated END,
               lease_until = clock_timestamp() + make_interval(secs => p_seconds)
         WHERE library_id = dsr.library() AND id = one RETURNING * INTO leased;
        told := dsr.mail_told(leased);
        IF told IS NOT NULL THEN
            answers := array_append(answers, told);
            CONTINUE;
        END IF;
        -- Trying again would not help, and the others cannot wait for it.
        UPDATE dsr.message SET state = 'failed', incarnation = NULL, lease_until = NULL, last_problem = 'What it is to say cannot be read from the database.'
         WHERE library_id = dsr.library() AND id = one;
        PERFORM dsr.letter_follow(one);
    END LOOP;
    RETURN json_build_object('messages', array_to_json(answers), 'library', (SELECT json_build_object('id', id, 'name', name, 'zone', zone, 'contact', contact, 'today', dsr.today())
                                                               FROM dsr.library WHERE id = dsr.library()));
END
$function$;

ALTER FUNCTION dsr.mail_lease_here(uuid, integer, integer, integer, integer, boolean) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.mail_lease_here(uuid, integer, integer, integer, integer, boolean) FROM PUBLIC;
