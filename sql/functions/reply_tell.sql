-- SPDX-License-Identifier: GPL-3.0-or-later
-- Tells the filer in the next mail that something came back: 'replied' or 'bounced'. Once a day is enough, however much comes.
CREATE OR REPLACE FUNCTION dsr.reply_tell(p_request bigint, p_kind text) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO dsr.reminder (library_id, request_id, clock, kind, on_date, gather_on, recipient_kind, recipient_id)
    SELECT r.library_id, r.id, '', p_kind, dsr.today(), dsr.today(), 'filer', r.filer
      FROM dsr.request r WHERE r.library_id = dsr.library() AND r.id = p_request
    ON CONFLICT (library_id, request_id, clock, kind, recipient_kind, recipient_id, on_date) DO NOTHING;
    IF FOUND THEN
        PERFORM dsr.reminders_wake();
    END IF;
END
$function$;

ALTER FUNCTION dsr.reply_tell(bigint, text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.reply_tell(bigint, text) FROM PUBLIC;
