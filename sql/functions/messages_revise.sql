-- SPDX-License-Identifier: GPL-3.0-or-later
-- Notes that these untried mails say something else now: what a mailer has written of one does not go, and one that waits with nothing left to say
-- is cancelled. The caller has locked them, and reaches the library.
CREATE OR REPLACE FUNCTION dsr.messages_revise(p_messages uuid[]) RETURNS void
    LANGUAGE sql
AS $function$
UPDATE dsr.message m SET version = version + 1,
       state = CASE WHEN m.state IN ('queued', 'leased') AND NOT dsr.message_has_matter(m) THEN 'cancelled' ELSE m.state END
 WHERE m.library_id = dsr.library() AND m.id = ANY (p_messages)
$function$;

ALTER FUNCTION dsr.messages_revise(uuid[]) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.messages_revise(uuid[]) FROM PUBLIC;
