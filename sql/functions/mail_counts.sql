-- SPDX-License-Identifier: GPL-3.0-or-later
-- How much mail of a library waits, failed or is in doubt, the age of the oldest that waits, and since when one could go that has not gone.
CREATE OR REPLACE FUNCTION dsr.mail_counts() RETURNS TABLE (queued bigint, failed bigint, in_doubt bigint, oldest timestamptz, due_since timestamptz)
    LANGUAGE sql STABLE
AS $function$
SELECT count(*) FILTER (WHERE state IN ('queued', 'leased', 'sending')), count(*) FILTER (WHERE state = 'failed'),
       count(*) FILTER (WHERE state = 'in_doubt'), min(created_at) FILTER (WHERE state = 'queued'),
       -- Reminders rest in quiet hours; when these end, they are not late at once.
       min(next_at) FILTER (WHERE state IN ('queued', 'leased', 'sending', 'in_doubt') AND next_at <= now()
                              AND NOT (kind = 'reminder' AND (rest.now OR rest.just_now)) AND NOT (kind = 'letter' AND state = 'in_doubt'))
       -- In two halves, as the indexes message_trouble and message_held have them: what was sent long ago is not looked at.
  FROM (SELECT state, created_at, next_at, kind FROM dsr.message WHERE library_id = dsr.library() AND state IN ('queued', 'failed', 'in_doubt')
         UNION ALL
        SELECT state, created_at, next_at, kind FROM dsr.message WHERE library_id = dsr.library() AND state IN ('leased', 'sending')) m,
       (SELECT dsr.reminders_rest(now()) AS now, dsr.reminders_rest(now() - interval '1 minute') AS just_now) rest
$function$;

ALTER FUNCTION dsr.mail_counts() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.mail_counts() FROM PUBLIC;
