-- SPDX-License-Identifier: GPL-3.0-or-later
-- Sees to what a clock that has gone back since by p_back has left in this library. Otherwise a mail put off in 2039 would wait until 2039.
-- Pauses go on for as long as they had still to go; mails not yet sent of days that have not come are taken apart, and what they were to say is planned for
-- its own day again; so are reminders moved to such a day. p_right: the clock is known to be right now, and not only before; then also the traces of
-- what was sent in those days are brought back to today, so that it holds up nothing when they come.
CREATE OR REPLACE FUNCTION dsr.time_repair_here(p_back interval, p_right boolean) RETURNS void
    LANGUAGE plpgsql SET dsr.reach = 'library'
AS $function$
DECLARE
    today date;
    early uuid[];
BEGIN
    PERFORM dsr.gather_wait();
    SELECT (clock_timestamp() AT TIME ZONE zone)::date INTO today FROM dsr.library WHERE id = dsr.library();
    UPDATE dsr.message SET next_at = greatest(next_at - p_back, clock_timestamp())
     WHERE library_id = dsr.library() AND state IN ('queued', 'in_doubt') AND next_at > clock_timestamp() AND p_back > '0';
    SELECT array_agg(id) INTO early
      FROM (SELECT id FROM dsr.message WHERE library_id = dsr.library() AND kind = 'reminder' AND state IN ('queued', 'leased') AND bytes IS NULL
               AND day > today ORDER BY id FOR UPDATE) waiting;
    PERFORM dsr.mails_take_apart(early);
    UPDATE dsr.reminder SET gather_on = on_date
     WHERE library_id = dsr.library() AND state = 'planned' AND gather_on > today + 1 AND gather_on > on_date;
    PERFORM dsr.authorities_revive(today);
    IF p_right THEN
        PERFORM dsr.days_bring_back(today);
    END IF;
    PERFORM dsr.reminders_wake();
    NOTIFY dsr, 'outbox';
END
$function$;

ALTER FUNCTION dsr.time_repair_here(interval, boolean) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.time_repair_here(interval, boolean) FROM PUBLIC;
