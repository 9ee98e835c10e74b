-- SPDX-License-Identifier: GPL-3.0-or-later
-- Once a day, for each officer, a mail with the heads of the audit log, if it has grown since the last one. Returns how many.
CREATE OR REPLACE FUNCTION dsr.audit_mails_gather(p_today date) RETURNS integer
    LANGUAGE plpgsql
AS $function$
DECLARE
    newest bigint := coalesce((SELECT seq FROM dsr.audit_head WHERE library_id = dsr.library()), 0);
    officer record;
    mail uuid;
    made integer := 0;
BEGIN
    FOR officer IN
        SELECT a.id, a.email_hash, coalesce(m.seq, 0) AS seq
          FROM dsr.account a LEFT JOIN dsr.audit_mailed m ON m.library_id = a.library_id AND m.account_id = a.id
         WHERE a.library_id = dsr.library() AND 'officer' = ANY (a.roles) AND NOT a.disabled AND a.email_hash IS NOT NULL
           AND coalesce(m.day < p_today, true) AND coalesce(m.seq, 0) < newest
    LOOP
        mail := dsr.message_for('account', officer.id, officer.email_hash, p_today);
        CONTINUE WHEN mail IS NULL; -- today's has gone: with tomorrow's
        UPDATE dsr.message SET audit_after = coalesce(audit_after, officer.seq), pressing = least(pressing, p_today) WHERE library_id = dsr.library() AND id = mail;
        INSERT INTO dsr.audit_mailed VALUES (dsr.library(), officer.id, p_today, newest)
        ON CONFLICT (library_id, account_id) DO UPDATE SET day = excluded.day, seq = excluded.seq;
        made := made + 1;
    END LOOP;
    RETURN made;
END
$function$;

ALTER FUNCTION dsr.audit_mails_gather(date) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.audit_mails_gather(date) FROM PUBLIC;
