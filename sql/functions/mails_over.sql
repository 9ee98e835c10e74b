-- SPDX-License-Identifier: GPL-3.0-or-later
-- The mails that are done, hang on no request (tests, counts for managers, cancelled ones), and are older than `other` is kept.
CREATE OR REPLACE FUNCTION dsr.mails_over() RETURNS SETOF uuid
    LANGUAGE sql STABLE
AS $function$
SELECT m.id FROM dsr.message m
 WHERE m.library_id = dsr.library() AND m.state IN ('sent', 'failed', 'cancelled') AND m.day < dsr.today() - dsr.retention_days('other')
   AND NOT EXISTS (SELECT FROM dsr.reminder d WHERE d.library_id = m.library_id AND d.message_id = m.id)
   AND NOT EXISTS (SELECT FROM dsr.letter l WHERE l.library_id = m.library_id AND l.message_id = m.id)
$function$;

ALTER FUNCTION dsr.mails_over() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.mails_over() FROM PUBLIC;
