-- SPDX-License-Identifier: GPL-3.0-or-later
-- Takes those of these subjects away of whom no request is left and whom no hold covers, with the mails to them, what they had
-- authorised, and the link from their account. Returns how many. Who files for one at this moment holds its row: it is waited for, and
-- what was filed is then seen.
CREATE OR REPLACE FUNCTION dsr.purge_subjects(p_subjects uuid[]) RETURNS integer
    LANGUAGE plpgsql
AS $function$
DECLARE
    free uuid[];
    gone integer;
BEGIN
    PERFORM FROM dsr.subject WHERE library_id = dsr.library() AND id = ANY (p_subjects) ORDER BY id FOR UPDATE;
    free := ARRAY(SELECT s.id FROM dsr.subject s
                   WHERE s.library_id = dsr.library() AND s.id = ANY (p_subjects) AND NOT dsr.subject_is_held(s.id)
                     AND NOT EXISTS (SELECT FROM dsr.request r WHERE r.library_id = s.library_id AND r.subject_id = s.id));
    PERFORM dsr.reminders_part(id) FROM unnest(free) AS going (id);
    UPDATE dsr.account SET subject_id = NULL WHERE library_id = dsr.library() AND subject_id = ANY (free);
    DELETE FROM dsr.idempotency i USING dsr.subject s
     WHERE s.library_id = dsr.library() AND s.id = ANY (free) AND i.library_id = s.library_id
       AND i.ref IN (SELECT s.alias UNION ALL SELECT s.alias || ' ' || a.n FROM dsr.authority a -- as what an authority was recorded
                      WHERE a.library_id = s.library_id AND a.subject_id = s.id);
    -- By which link the address may stop its reminders, unless it is somebody else's too.
    DELETE FROM dsr.recipient c USING dsr.subject s
     WHERE s.library_id = dsr.library() AND s.id = ANY (free) AND c.library_id = s.library_id AND c.address_hash = s.email_hash
       AND NOT EXISTS (SELECT FROM dsr.account a WHERE a.library_id = c.library_id AND a.email_hash = c.address_hash)
       AND NOT EXISTS (SELECT FROM dsr.subject o WHERE o.library_id = c.library_id AND o.email_hash = c.address_hash
                       AND NOT o.id = ANY (free));
    DELETE FROM dsr.message m WHERE m.library_id = dsr.library() AND m.recipient_kind = 'subject' AND m.recipient_id = ANY (free)
       AND NOT EXISTS (SELECT FROM dsr.reminder d WHERE d.library_id = m.library_id AND d.message_id = m.id);
    DELETE FROM dsr.subject WHERE library_id = dsr.library() AND id = ANY (free);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END
$function$;

ALTER FUNCTION dsr.purge_subjects(uuid[]) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.purge_subjects(uuid[]) FROM PUBLIC;
