-- SPDX-License-Identifier: GPL-3.0-or-later
-- A new account {id, uid_hash, uid_sealed, name_sealed, email_sealed, email_hash, roles, idempotency}. For operators.
-- Without uid_hash and uid_sealed only a token lets it in.
-- DS409 when the uid has one already.
CREATE OR REPLACE FUNCTION api.account_create(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    replay json := dsr.idempotency_claim(p -> 'idempotency', p ->> 'id', 201);
BEGIN
    IF replay IS NOT NULL THEN
        RETURN json_build_object('account', replay #> '{replay,ref}', 'roles', p -> 'roles');
    END IF;
    INSERT INTO dsr.account (library_id, id, roles, name, email, email_hash, uid, uid_hash)
    VALUES (dsr.library(), (p ->> 'id')::uuid, ARRAY(SELECT jsonb_array_elements_text(p -> 'roles')),
            decode(p ->> 'name_sealed', 'base64'), decode(p ->> 'email_sealed', 'base64'), decode(p ->> 'email_hash', 'hex'),
            decode(p ->> 'uid_sealed', 'base64'), decode(p ->> 'uid_hash', 'hex'));
    PERFORM dsr.audit_add('account', p ->> 'id', jsonb_build_object('roles', p -> 'roles'));
    RETURN json_build_object('account', p -> 'id', 'roles', p -> 'roles');
EXCEPTION WHEN unique_violation THEN
    PERFORM dsr.raise_error('409', 'uid', 'This user already has an account.');
END
$function$;

ALTER FUNCTION api.account_create(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.account_create(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.account_create(jsonb) TO dsrd_api;
