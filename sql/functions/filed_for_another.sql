-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether a request filed by that account is about somebody else, who then has to authorise it.
CREATE OR REPLACE FUNCTION dsr.filed_for_another(p_filer uuid, p_subject uuid) RETURNS boolean
    LANGUAGE sql STABLE
AS $function$
SELECT NOT EXISTS (SELECT FROM dsr.account WHERE library_id = dsr.library() AND id = p_filer AND subject_id = p_subject)
$function$;

ALTER FUNCTION dsr.filed_for_another(uuid, uuid) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.filed_for_another(uuid, uuid) FROM PUBLIC;
