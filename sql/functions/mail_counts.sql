-- SPDX-License-Identifier: GPL-3.0-or-later
-- How much mail of a library waits, failed or is in doubt, and the age of the oldest that waits.
CREATE OR REPLACE FUNCTION dsr.mail_counts() RETURNS TABLE (queued bigint, failed bigint, in_doubt bigint, oldest timestamptz)
    LANGUAGE sql STABLE
AS $function$
SELECT count(*) FILTER (WHERE state IN ('queued', 'leased', 'sending')), count(*) FILTER (WHERE state = 'failed'),
       count(*) FILTER (WHERE state = 'in_doubt'), min(created_at) FILTER (WHERE state = 'queued')
       -- In two halves, as the indexes message_trouble and message_held have them: what was sent long ago is not looked at.
  FROM (SELECT state, created_at FROM dsr.message WHERE library_id = dsr.library() AND state IN ('queued', 'failed', 'in_doubt')
         UNION ALL
        SELECT state, created_at FROM dsr.message WHERE library_id = dsr.library() AND state IN ('leased', 'sending')) m
$function$;

ALTER FUNCTION dsr.mail_counts() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.mail_counts() FROM PUBLIC;
