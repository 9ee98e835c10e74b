-- SPDX-License-Identifier: GPL-3.0-or-later
-- Takes these requests away with all that hangs on them: events and their notes, clocks, reminders, mails, the keys of repeated calls; then
-- their subjects of whom nothing is left. A tombstone stays of each. The caller has locked the requests and knows that they may go.
CREATE OR REPLACE FUNCTION dsr.purge_requests(p_requests bigint[]) RETURNS jsonb
    LANGUAGE plpgsql
AS $function$
DECLARE
    subjects uuid[] := ARRAY(SELECT DISTINCT subject_id FROM dsr.request WHERE library_id = dsr.library() AND id = ANY (p_requests));
    mails integer;
    gone integer;
BEGIN
    PERFORM dsr.tombstones_add(p_requests);
    mails := dsr.purge_mails(p_requests);
    DELETE FROM dsr.idempotency i USING dsr.request r
     WHERE r.library_id = dsr.library() AND r.id = ANY (p_requests) AND i.library_id = r.library_id AND i.ref = r.ref;
    DELETE FROM dsr.request WHERE library_id = dsr.library() AND id = ANY (p_requests);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN jsonb_build_object('requests', gone, 'mails', mails, 'subjects', dsr.purge_subjects(subjects));
END
$function$;

ALTER FUNCTION dsr.purge_requests(bigint[]) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.purge_requests(bigint[]) FROM PUBLIC;
