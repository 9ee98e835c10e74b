-- SPDX-License-Identifier: GPL-3.0-or-later
-- The caller's tokens, an operator's whole library's; oldest first.
CREATE OR REPLACE FUNCTION api.token_list() RETURNS json
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
SELECT json_build_object('tokens', coalesce(json_agg(json_build_object(
           'id', t.id, 'account', t.account_id, 'uid', dsr.envelope('account.uid', a.id, a.uid), 'mine', t.account_id = dsr.me(),
           'scope', t.scope, 'state', dsr.token_state(t), 'made', dsr.token_day(t.created_at), 'expires', dsr.token_day(t.expires_at),
           'last_used', t.last_used) ORDER BY t.created_at, t.id), '[]'))
  FROM dsr.token t JOIN dsr.account a ON a.library_id = t.library_id AND a.id = t.account_id
 WHERE t.library_id = dsr.library() AND (t.account_id = dsr.me() OR dsr.has_role('operator'))
$function$;

ALTER FUNCTION api.token_list() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.token_list() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.token_list() TO dsrd_api;
