-- SPDX-License-Identifier: GPL-3.0-or-later
-- The mail of that id, locked, if the caller may see it. DS404 otherwise.
CREATE OR REPLACE FUNCTION dsr.reply_find(p_id text) RETURNS dsr.reply
    LANGUAGE plpgsql
AS $function$
DECLARE
    found dsr.reply;
BEGIN
    IF p_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN
        SELECT * INTO found FROM dsr.reply p
         WHERE p.library_id = dsr.library() AND p.id = p_id::uuid
           AND (dsr.sees_all() OR (p.state <> 'pen' AND EXISTS (SELECT FROM dsr.request r
                WHERE r.library_id = p.library_id AND r.id = p.request_id AND r.subject_id = dsr.my_subject())))
           FOR UPDATE;
    END IF;
    IF found.id IS NULL THEN
        PERFORM dsr.raise_error('404', 'id', 'There is no such reply; `dsr inbox list` shows them.');
    END IF;
    RETURN found;
END
$function$;

ALTER FUNCTION dsr.reply_find(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.reply_find(text) FROM PUBLIC;
