-- SPDX-License-Identifier: GPL-3.0-or-later
-- Makes the account of a uid. One that is there keeps the roles it has been given since, unless no operator is left: then it is one
-- again. Called by `dsrd setup` and the private mode over the administrator's connection. Returns its id.
CREATE OR REPLACE FUNCTION dsr.account_put(p_library integer, p jsonb) RETURNS uuid
    LANGUAGE plpgsql
AS $function$
DECLARE
    wanted text[] := ARRAY(SELECT jsonb_array_elements_text(p -> 'roles'));
    known dsr.account;
    found_id uuid;
BEGIN
    PERFORM set_config('dsr.library', p_library::text, true);
    SELECT * INTO known FROM dsr.account WHERE library_id = p_library AND uid_hash = decode(p ->> 'uid_hash', 'hex') FOR UPDATE;
    found_id := known.id;
    IF known.id IS NOT NULL AND NOT EXISTS (
        SELECT FROM dsr.account WHERE library_id = p_library AND 'operator' = ANY (roles) AND NOT disabled) THEN
        UPDATE dsr.account SET roles = wanted, disabled = false WHERE library_id = p_library AND id = known.id;
        NOTIFY dsr, 'account';
        PERFORM dsr.audit_add('role', known.id::text, jsonb_build_object('roles', wanted, 'disabled', false, 'were', known.roles,
                              'was_disabled', known.disabled));
    ELSIF known.id IS NULL THEN
        INSERT INTO dsr.account (library_id, id, roles, name, email, email_hash, uid, uid_hash)
        VALUES (p_library, (p ->> 'id')::uuid, wanted,
                decode(p ->> 'name_sealed', 'base64'), decode(p ->> 'email_sealed', 'base64'),
                decode(p ->> 'email_hash', 'hex'), decode(p ->> 'uid_sealed', 'base64'), decode(p ->> 'uid_hash', 'hex'))
        RETURNING id INTO found_id;
        PERFORM dsr.audit_add('account', found_id::text, jsonb_build_object('roles', wanted));
    END IF;
    RETURN found_id;
END
$function$;

ALTER FUNCTION dsr.account_put(integer, jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.account_put(integer, jsonb) FROM PUBLIC;
