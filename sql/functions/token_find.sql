-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who comes with the token of this hash {state, library, account, roles, scope, expires}; {state} alone when it is no longer good, null when there
-- is none.
-- Found by its hash only, so that an unknown id and a wrong secret are the same to us and take the same time.
CREATE OR REPLACE FUNCTION api.token_find(p_hash text) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    t dsr.token;
    a dsr.account;
BEGIN
    PERFORM set_config('dsr.finding', 'by hash', true);
    SELECT * INTO t FROM dsr.token WHERE hash = decode(p_hash, 'hex');
    PERFORM set_config('dsr.finding', '', true), set_config('dsr.library', coalesce(t.library_id, 0)::text, true);
    SELECT * INTO a FROM dsr.account WHERE library_id = t.library_id AND id = t.account_id AND NOT disabled;
    IF a.id IS NULL THEN
        RETURN NULL;
    END IF;
    IF dsr.token_state(t) <> 'good' THEN
        RETURN json_build_object('state', dsr.token_state(t));
    END IF;
    -- Once a day, lest each read be a write.
    UPDATE dsr.token SET last_used = dsr.today() WHERE library_id = t.library_id AND id = t.id AND last_used IS DISTINCT FROM dsr.today();
    RETURN json_build_object('state', 'good', 'library', t.library_id, 'account', a.id, 'roles', array_to_string(a.roles, ','), 'scope', t.scope,
                             'expires', dsr.token_day(t.expires_at));
END
$function$;

ALTER FUNCTION api.token_find(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.token_find(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.token_find(text) TO dsrd_api;
