-- SPDX-License-Identifier: GPL-3.0-or-later
-- The caller's own subject, or null, and what a new one is made from.
CREATE OR REPLACE FUNCTION api.subject_own() RETURNS json
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
SELECT json_build_object(
    'subject', (SELECT json_build_object('id', s.id, 'alias', s.alias, 'residence', s.residence, 'version', s.version)
                  FROM dsr.subject s WHERE s.library_id = a.library_id AND s.id = a.subject_id),
    'name', dsr.envelope('account.name', a.id, a.name), 'email', dsr.envelope('account.email', a.id, a.email))
  FROM dsr.account a WHERE a.library_id = dsr.library() AND a.id = dsr.me()
$function$;

ALTER FUNCTION api.subject_own() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.subject_own() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.subject_own() TO dsrd_api;
