-- SPDX-License-Identifier: GPL-3.0-or-later
-- Leases up to p_count messages of this library whose time has come, that of the oldest deadline first, to one mailer for p_seconds by the database's clock. Each
-- comes with what it shall say, or with its sealed bytes when it was tried before, and with how often the relay put it off or left it in doubt.
-- Reminders wait while they rest (dsr.reminders_rest); a test mail does not. One of a day that has not come waits: the clock
-- has gone back since (dsr.time_repair). A letter to a vendor that is in doubt is not taken: a person decides about it. One that a mailer may have died of is leased alone, so that it takes no other with it: p_alone, or when there is nothing else.
CREATE OR REPLACE FUNCTION dsr.mail_lease_here(p_incarnation uuid, p_count integer, p_seconds integer, p_pause_s integer, p_attempts integer, p_alone boolean) RETURNS json
    LANGUAGE plpgsql
AS $function$
DECLARE
    answer json;
    moment timestamptz := clock_timestamp(); -- once, so that an index serves
    resting boolean;
    suspects boolean;
    chosen uuid[];
    untold uuid[];
BEGIN
    PERFORM dsr.time_note();
    -- A clock that has gone back makes no lease longer than it was to be. One that somebody is at just now is seen to by the next.
    UPDATE dsr.message SET lease_until = clock_timestamp() + make_interval(secs => p_seconds)
     WHERE library_id = dsr.library() AND id = ANY (ARRAY(
           SELECT id FROM dsr.message
            WHERE library_id = dsr.library() AND state IN ('leased', 'sending') AND lease_until > clock_timestamp() + make_interval(secs => p_seconds)
              FOR UPDATE SKIP LOCKED));
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
    UPDATE dsr.message m SET state = 'leased', incarnation = p_incarnation, dated = CASE WHEN m.bytes IS NULL THEN now() ELSE m.dated END,
           lease_until = clock_timestamp() + make_interval(secs => p_seconds)
     WHERE m.library_id = dsr.library() AND m.id = ANY (chosen);
    SELECT coalesce(json_agg(told ORDER BY pressing, next_at) FILTER (WHERE told IS NOT NULL), '[]'), array_agg(id) FILTER (WHERE told IS NULL)
      INTO answer, untold
      FROM (SELECT m.id, m.pressing, m.next_at, dsr.mail_told(m) AS told FROM dsr.message m WHERE m.library_id = dsr.library() AND m.id = ANY (chosen)) leased;
    -- Trying again would not help, and the others cannot wait for it.
    UPDATE dsr.message SET state = 'failed', incarnation = NULL, lease_until = NULL, last_problem = 'What it is to say cannot be read from the database.'
     WHERE library_id = dsr.library() AND id = ANY (untold);
    PERFORM dsr.letter_follow(id) FROM unnest(untold) id;
    RETURN json_build_object('messages', answer, 'library', (SELECT json_build_object('id', id, 'name', name, 'zone', zone, 'contact', contact, 'today', dsr.today())
                                                               FROM dsr.library WHERE id = dsr.library()));
END
$function$;

ALTER FUNCTION dsr.mail_lease_here(uuid, integer, integer, integer, integer, boolean) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.mail_lease_here(uuid, integer, integer, integer, integer, boolean) FROM PUBLIC;
