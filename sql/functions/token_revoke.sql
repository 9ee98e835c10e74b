-- SPDX-License-Identifier: GPL-3.0-or-later
-- Revokes one of the caller's tokens; an operator any of the library. Once more is no error. DS404.
CREATE OR REPLACE FUNCTION api.token_revoke(p_id text) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    t dsr.token;
BEGIN
    SELECT * INTO t FROM dsr.token
     WHERE library_id = dsr.library() AND id = p_id AND (account_id = dsr.me() OR dsr.has_role('operator')) FOR UPDATE;
    IF t.id IS NULL THEN
        PERFORM dsr.raise_error('404', 'id', 'There is no such token; `dsr token list` shows them.');
    END IF;
    IF t.revoked_at IS NULL THEN
        UPDATE dsr.token SET revoked_at = now() WHERE library_id = t.library_id AND id = t.id;
        PERFORM dsr.audit_add('token_revoked', t.id, jsonb_build_object('account', t.account_id));
    END IF;
    RETURN json_build_object('id', t.id, 'state', 'revoked');
END
$function$;

ALTER FUNCTION api.token_revoke(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.token_revoke(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.token_revoke(text) TO dsrd_api;
