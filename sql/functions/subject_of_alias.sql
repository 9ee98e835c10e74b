-- SPDX-License-Identifier: GPL-3.0-or-later
-- The subject of that alias, if the caller may act on it: staff, and the person itself. DS404.
CREATE OR REPLACE FUNCTION dsr.subject_of_alias(p_alias text) RETURNS dsr.subject
    LANGUAGE plpgsql STABLE
AS $function$
DECLARE
    found_subject dsr.subject;
BEGIN
    SELECT * INTO found_subject FROM dsr.subject
     WHERE library_id = dsr.library() AND alias = p_alias AND (dsr.has_role('staff') OR id = dsr.my_subject());
    IF found_subject.id IS NULL THEN
        PERFORM dsr.raise_error('404', 'subject', format('There is no subject %s. `dsr subject list` shows the aliases.', p_alias));
    END IF;
    RETURN found_subject;
END
$function$;

ALTER FUNCTION dsr.subject_of_alias(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.subject_of_alias(text) FROM PUBLIC;
