-- SPDX-License-Identifier: GPL-3.0-or-later
-- The request of that reference, if the caller may see it. DS404 otherwise: what is foreign and what does not exist answer alike.
CREATE OR REPLACE FUNCTION dsr.request_find(p_ref text) RETURNS dsr.request
    LANGUAGE plpgsql STABLE
AS $function$
DECLARE
    found_request dsr.request;
BEGIN
    SELECT * INTO found_request FROM dsr.request r
     WHERE r.library_id = dsr.library() AND r.ref = p_ref
       AND (dsr.sees_all() OR r.subject_id = dsr.my_subject());
    IF found_request.id IS NULL THEN
        PERFORM dsr.raise_error('404', 'ref', format('There is no request %s.', p_ref));
    END IF;
    RETURN found_request;
END
$function$;

ALTER FUNCTION dsr.request_find(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.request_find(text) FROM PUBLIC;
