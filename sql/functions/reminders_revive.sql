-- SPDX-License-Identifier: GPL-3.0-or-later
-- Plans again what was stopped for this recipient, an account or a subject, that can be written to again.
CREATE OR REPLACE FUNCTION dsr.reminders_revive(p_recipient uuid) RETURNS void
    LANGUAGE plpgsql SET dsr.reach = 'library' -- what it concerns is other people's too: none of it may be overlooked here
AS $function$
BEGIN
    PERFORM dsr.reminders_settle(ARRAY(SELECT DISTINCT request_id FROM dsr.reminder
                                        WHERE library_id = dsr.library() AND recipient_id = p_recipient AND state = 'stopped'));
END
$function$;

ALTER FUNCTION dsr.reminders_revive(uuid) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.reminders_revive(uuid) FROM PUBLIC;
