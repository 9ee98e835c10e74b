-- SPDX-License-Identifier: GPL-3.0-or-later
-- Locks a subject with its requests, in the order in which a change of a request does: first the requests, then the person.
CREATE OR REPLACE FUNCTION dsr.subject_lock(p_subject uuid) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM FROM dsr.request WHERE library_id = dsr.library() AND subject_id = p_subject ORDER BY id FOR UPDATE;
    PERFORM FROM dsr.subject WHERE library_id = dsr.library() AND id = p_subject FOR UPDATE;
END
$function$;

ALTER FUNCTION dsr.subject_lock(uuid) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.subject_lock(uuid) FROM PUBLIC;
