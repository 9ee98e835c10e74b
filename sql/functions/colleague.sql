-- SPDX-License-Identifier: GPL-3.0-or-later
-- The name of the account, for staff, when it is one that works here and not the person the request is about; null else. Patrons see
-- no names of staff.
CREATE OR REPLACE FUNCTION dsr.colleague(p_account uuid, p_subject uuid) RETURNS json
    LANGUAGE sql STABLE
AS $function$
SELECT dsr.envelope('account.name', id, name) FROM dsr.account
 WHERE library_id = dsr.library() AND id = p_account AND dsr.has_role('staff')
   AND (id = dsr.me() OR (roles <> ARRAY['patron'] AND subject_id IS DISTINCT FROM p_subject))
$function$;

ALTER FUNCTION dsr.colleague(uuid, uuid) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.colleague(uuid, uuid) FROM PUBLIC;
