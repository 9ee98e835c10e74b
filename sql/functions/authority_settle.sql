-- SPDX-License-Identifier: GPL-3.0-or-later
-- Notes on each request of a subject whether something still authorises it, and stops or plans again the reminders of those for which that
-- has changed, and withdraws letters that wait. The caller has taken dsr.gather_wait().
CREATE OR REPLACE FUNCTION dsr.authority_settle(p_subject uuid) RETURNS void
    LANGUAGE plpgsql SET dsr.reach = 'library' -- what it concerns is other people's too: none of it may be overlooked here
AS $function$
DECLARE
    changed bigint[];
BEGIN
    PERFORM dsr.subject_lock(p_subject);
    UPDATE dsr.authority a SET ended = true
     WHERE a.library_id = dsr.library() AND a.subject_id = p_subject AND NOT a.ended AND a.until < dsr.today();
    WITH settled AS (
        UPDATE dsr.request r SET authority_ended = dsr.authority_ended(r)
         WHERE r.library_id = dsr.library() AND r.subject_id = p_subject AND r.authority_ended IS DISTINCT FROM dsr.authority_ended(r)
        RETURNING r.id)
    SELECT array_agg(id) INTO changed FROM settled;
    PERFORM dsr.reminders_settle(changed);
    PERFORM dsr.letters_settle(ARRAY(SELECT DISTINCT l.request_id FROM dsr.letter l JOIN dsr.request r ON r.library_id = l.library_id AND r.id = l.request_id
                                      WHERE l.library_id = dsr.library() AND l.state = 'approved' AND r.subject_id = p_subject));
END
$function$;

ALTER FUNCTION dsr.authority_settle(uuid) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.authority_settle(uuid) FROM PUBLIC;
