-- SPDX-License-Identifier: GPL-3.0-or-later
-- As what a person may stand in the audit log: its account, its alias, its requests.
CREATE OR REPLACE FUNCTION dsr.audit_targets(p_account uuid, p_subject uuid) RETURNS text[]
    LANGUAGE sql STABLE
AS $function$
SELECT array_agg(t) FROM (SELECT p_account::text AS t WHERE p_account IS NOT NULL
    UNION ALL SELECT p_subject::text WHERE p_subject IS NOT NULL
    UNION ALL SELECT alias FROM dsr.subject WHERE library_id = dsr.library() AND id = p_subject
    UNION ALL SELECT ref FROM dsr.request WHERE library_id = dsr.library() AND subject_id = p_subject) targets
$function$;

ALTER FUNCTION dsr.audit_targets(uuid, uuid) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.audit_targets(uuid, uuid) FROM PUBLIC;
