-- SPDX-License-Identifier: GPL-3.0-or-later
-- What was sent on days that have not come, as the clock says now that is known to be right, counts as of today: mails as of the
-- newest day not taken by another one to that address, digests and heads of the audit log likewise. A repeat planned after such a day follows the
-- notice before it as it always does.
CREATE OR REPLACE FUNCTION dsr.days_bring_back(p_today date) RETURNS void
    LANGUAGE plpgsql
AS $function$
DECLARE
    mail record;
BEGIN
    FOR mail IN
        SELECT id, address_hash, kind FROM dsr.message WHERE library_id = dsr.library() AND day > p_today ORDER BY id FOR UPDATE
    LOOP
        UPDATE dsr.message SET day = (
            SELECT p_today - n FROM generate_series(0, 36500) n
             WHERE NOT EXISTS (SELECT FROM dsr.message o WHERE o.library_id = dsr.library() AND o.address_hash = mail.address_hash AND o.day = p_today - n
                                  AND o.kind = 'reminder' AND o.state <> 'cancelled')
             ORDER BY n LIMIT 1)
         WHERE library_id = dsr.library() AND id = mail.id;
    END LOOP;
    DELETE FROM dsr.digest WHERE library_id = dsr.library() AND week > p_today;
    UPDATE dsr.audit_mailed SET day = p_today WHERE library_id = dsr.library() AND day > p_today;
    UPDATE dsr.reminder d SET on_date = again.next_on, gather_on = again.next_on
      FROM (SELECT n.library_id, n.id, told.on_date + n.repeat_days * greatest((p_today - told.on_date) / n.repeat_days + 1, 1) AS next_on
              FROM dsr.reminder n
             CROSS JOIN LATERAL (
                SELECT max(on_date) AS on_date FROM dsr.reminder t
                 WHERE t.library_id = n.library_id AND t.request_id = n.request_id AND t.clock = n.clock AND t.kind = n.kind
                   AND t.recipient_kind = n.recipient_kind AND t.recipient_id = n.recipient_id AND t.repeat_days = n.repeat_days
                   AND t.state IN ('gathered', 'sent') AND t.on_date < n.on_date) told
             WHERE n.library_id = dsr.library() AND n.state = 'planned' AND n.repeat_days > 0 AND n.on_date > p_today + n.repeat_days
               AND told.on_date IS NOT NULL) again
     WHERE d.library_id = again.library_id AND d.id = again.id AND again.next_on < d.on_date
       AND NOT EXISTS (SELECT FROM dsr.reminder o
                        WHERE o.library_id = d.library_id AND o.request_id = d.request_id AND o.clock = d.clock AND o.kind = d.kind
                          AND o.recipient_kind = d.recipient_kind AND o.recipient_id = d.recipient_id AND o.on_date = again.next_on);
END
$function$;

ALTER FUNCTION dsr.days_bring_back(date) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.days_bring_back(date) FROM PUBLIC;
