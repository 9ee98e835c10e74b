-- SPDX-License-Identifier: GPL-3.0-or-later
-- Once a week, from Monday on, a digest for each manager when anything is overdue or falls due. Returns how many.
CREATE OR REPLACE FUNCTION dsr.digests_gather(p_today date) RETURNS integer
    LANGUAGE plpgsql
AS $function$
DECLARE
    monday date := p_today - (extract(isodow FROM p_today)::int - 1);
    manager record;
    mail uuid;
    made integer := 0;
BEGIN
    FOR manager IN
        SELECT a.id, a.email_hash FROM dsr.account a
         WHERE a.library_id = dsr.library() AND 'manager' = ANY (a.roles) AND NOT a.disabled AND a.email_hash IS NOT NULL
           AND NOT dsr.address_stopped(a.email_hash)
           AND NOT EXISTS (SELECT FROM dsr.digest d WHERE d.library_id = a.library_id AND d.account_id = a.id AND d.week = monday)
    LOOP
        IF json_array_length(dsr.digest_json()) > 0 THEN
            mail := dsr.message_for('account', manager.id, manager.email_hash, p_today);
            CONTINUE WHEN mail IS NULL;
            UPDATE dsr.message SET digest = true, pressing = least(pressing, p_today) WHERE library_id = dsr.library() AND id = mail;
            made := made + 1;
        END IF;
        INSERT INTO dsr.digest VALUES (dsr.library(), manager.id, monday) ON CONFLICT DO NOTHING;
    END LOOP;
    RETURN made;
END
$function$;

ALTER FUNCTION dsr.digests_gather(date) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.digests_gather(date) FROM PUBLIC;
