-- SPDX-License-Identifier: GPL-3.0-or-later
-- The name of the account, for staff, when it is one that works here and not the person the request is about; null else. Patrons see
-- no names of staff.
CREATE OR REPLACE FUNCTION dsr.colleague(p_account uuid, p_subject uuid) RETURNS json
    LANGUAGE plpgsql STABLE
AS $function$
BEGIN
    IF NOT dsr.has_role('staff') THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT dsr.envelope('account.name', id, name) FROM dsr.account
             WHERE library_id = dsr.library() AND id = p_account
               AND (id = dsr.me() OR (roles <> ARRAY['patron'] AND subject_id IS DISTINCT FROM p_subject)));
END
$function$;

ALTER FUNCTION dsr.colleague(uuid, uuid) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.colleague(uuid, uuid) FROM PUBLIC;
