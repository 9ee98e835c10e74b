-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether a reminder may not go out: nothing authorises its request any more, or its recipient wants none.
CREATE OR REPLACE FUNCTION dsr.reminder_stopped(d dsr.reminder) RETURNS boolean
    LANGUAGE sql STABLE
AS $function$
SELECT EXISTS (SELECT FROM dsr.request WHERE library_id = d.library_id AND id = d.request_id AND authority_ended IS NOT NULL)
       OR dsr.address_stopped(CASE WHEN d.recipient_kind = 'subject'
                                   THEN (SELECT email_hash FROM dsr.subject WHERE library_id = d.library_id AND id = d.recipient_id)
                                   ELSE (SELECT email_hash FROM dsr.account WHERE library_id = d.library_id AND id = d.recipient_id) END)
$function$;

ALTER FUNCTION dsr.reminder_stopped(dsr.reminder) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.reminder_stopped(dsr.reminder) FROM PUBLIC;
