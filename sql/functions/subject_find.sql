-- SPDX-License-Identifier: GPL-3.0-or-later
-- The id of a data subject, with which its name and address are sealed. For staff. DS404.
CREATE OR REPLACE FUNCTION api.subject_find(p_alias text) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    found_id uuid;
BEGIN
    SELECT id INTO found_id FROM dsr.subject WHERE library_id = dsr.library() AND alias = p_alias AND dsr.has_role('staff');
    IF found_id IS NULL THEN
        PERFORM dsr.raise_error('404', 'alias', format('There is no subject %s; `dsr subject list` shows them.', p_alias));
    END IF;
    RETURN json_build_object('id', found_id);
END
$function$;

ALTER FUNCTION api.subject_find(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.subject_find(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.subject_find(text) TO dsrd_api;
