-- SPDX-License-Identifier: GPL-3.0-or-later
-- Cancels these mails, none of which has been sent, and plans what they were to say again, each for its own day. The repeat that was planned
-- when a reminder went into one of them comes when it goes again.
CREATE OR REPLACE FUNCTION dsr.mails_take_apart(p_mails uuid[]) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    DELETE FROM dsr.reminder d USING dsr.reminder w
     WHERE w.library_id = dsr.library() AND w.message_id = ANY (p_mails) AND w.state = 'gathered' AND w.repeat_days > 0
       AND d.library_id = w.library_id AND d.request_id = w.request_id AND d.clock = w.clock AND d.kind = w.kind
       AND d.recipient_kind = w.recipient_kind AND d.recipient_id = w.recipient_id AND d.state = 'planned' AND d.repeat_days = w.repeat_days
       AND d.on_date > w.on_date;
    UPDATE dsr.reminder SET state = 'planned', message_id = NULL, gather_on = on_date
     WHERE library_id = dsr.library() AND message_id = ANY (p_mails) AND state = 'gathered';
    UPDATE dsr.audit_mailed a SET seq = m.audit_after, day = least(a.day, m.day - 1)
      FROM dsr.message m
     WHERE m.library_id = dsr.library() AND m.id = ANY (p_mails) AND m.audit_after IS NOT NULL AND a.library_id = m.library_id
       AND a.account_id = m.recipient_id;
    DELETE FROM dsr.digest d USING dsr.message m
     WHERE m.library_id = dsr.library() AND m.id = ANY (p_mails) AND m.digest AND d.library_id = m.library_id AND d.account_id = m.recipient_id
       AND d.week <= m.day AND d.week > m.day - 7;
    UPDATE dsr.message SET state = 'cancelled', version = version + 1, incarnation = NULL, lease_until = NULL
     WHERE library_id = dsr.library() AND id = ANY (p_mails);
END
$function$;

ALTER FUNCTION dsr.mails_take_apart(uuid[]) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.mails_take_apart(uuid[]) FROM PUBLIC;
