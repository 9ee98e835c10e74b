-- SPDX-License-Identifier: GPL-3.0-or-later
-- All accounts, oldest first. For operators, who learn the names of those who work here and of patrons only the user number.
CREATE OR REPLACE FUNCTION api.account_list() RETURNS json
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
SELECT json_build_object('accounts', coalesce(json_agg(json_build_object(
           'account', id, 'name', CASE WHEN roles <> ARRAY['patron'] THEN dsr.envelope('account.name', id, name) END,
           'email', CASE WHEN roles <> ARRAY['patron'] THEN dsr.envelope('account.email', id, email) END,
           'uid', dsr.envelope('account.uid', id, uid), 'roles', roles, 'disabled', disabled) ORDER BY created_at, id), '[]'))
  FROM dsr.account WHERE library_id = dsr.library()
$function$;

ALTER FUNCTION api.account_list() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.account_list() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.account_list() TO dsrd_api;
