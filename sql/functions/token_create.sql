-- SPDX-License-Identifier: GPL-3.0-or-later
-- A new token {id, hash, account, uid_hash, scope, days}; the caller's own without account and uid_hash. Others' are for operators.
-- What has long been of no use to the account is cleared away. DS403, DS404, DS409; DS40R when the id is taken.
CREATE OR REPLACE FUNCTION api.token_create(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    a dsr.account;
    t dsr.token;
    most constant integer := 20;
BEGIN
    SELECT * INTO a FROM dsr.account
     WHERE library_id = dsr.library()
       AND CASE WHEN p ->> 'uid_hash' IS NOT NULL THEN uid_hash = decode(p ->> 'uid_hash', 'hex')
                ELSE id = coalesce((p ->> 'account')::uuid, dsr.me()) END
       FOR UPDATE;
    IF a.id IS DISTINCT FROM dsr.me() AND NOT dsr.has_role('operator') THEN
        PERFORM dsr.raise_error('403', 'account', 'Only operators make tokens for others.');
    ELSIF a.id IS NULL THEN
        PERFORM dsr.raise_error('404', 'account', 'There is no such account; `dsr account list` shows them.');
    ELSIF a.disabled THEN
        PERFORM dsr.raise_error('409', 'account', 'This account is disabled.');
    END IF;
    DELETE FROM dsr.token
     WHERE library_id = a.library_id AND account_id = a.id AND least(expires_at, revoked_at) < now() - interval '30 days';
    IF (SELECT count(*) FROM dsr.token x WHERE library_id = a.library_id AND account_id = a.id AND dsr.token_state(x) = 'good') >= most THEN
        PERFORM dsr.raise_error('409', 'account',
                                format('This account has %s tokens already; revoke one (`dsr token list`, `dsr token revoke ID`).', most));
    END IF;
    BEGIN
        INSERT INTO dsr.token (library_id, id, account_id, hash, scope, expires_at)
        VALUES (a.library_id, p ->> 'id', a.id, decode(p ->> 'hash', 'hex'), p ->> 'scope',
                now() + (p ->> 'days')::integer * interval '24 hours')
        RETURNING * INTO t;
    EXCEPTION WHEN unique_violation THEN
        PERFORM dsr.raise_error('40R', 'id', 'The id is taken.');
    END;
    PERFORM dsr.audit_add('token_made', t.id,
                          jsonb_build_object('account', a.id, 'scope', t.scope, 'expires', dsr.token_day(t.expires_at)));
    RETURN json_build_object('id', t.id, 'account', a.id, 'scope', t.scope, 'expires', dsr.token_day(t.expires_at));
END
$function$;

ALTER FUNCTION api.token_create(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.token_create(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.token_create(jsonb) TO dsrd_api;
