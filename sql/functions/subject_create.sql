-- SPDX-License-Identifier: GPL-3.0-or-later
-- A new data subject {id, alias, residence, name_sealed, email_sealed, email_hash, own, idempotency}. `own` makes it the caller's own.
-- Staff who give a known e-mail address get the alias it has: {alias, residence, existing}. DS40R when the alias is taken.
CREATE OR REPLACE FUNCTION api.subject_create(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    known dsr.subject;
    replay json := dsr.idempotency_known(p -> 'idempotency');
BEGIN
    IF replay IS NOT NULL THEN
        SELECT * INTO known FROM dsr.subject WHERE library_id = dsr.library() AND alias = replay #>> '{replay,ref}';
    ELSIF (p ->> 'own')::boolean THEN
        -- The account's row is locked first: of two first calls of a person the later one finds the subject that the other has made.
        PERFORM set_config('dsr.subject', coalesce(subject_id::text, ''), true) FROM dsr.account
          WHERE library_id = dsr.library() AND id = dsr.me() FOR UPDATE;
        SELECT * INTO known FROM dsr.subject WHERE library_id = dsr.library() AND id = dsr.my_subject();
    ELSIF p ->> 'email_hash' IS NOT NULL THEN
        SELECT * INTO known FROM dsr.subject
         WHERE library_id = dsr.library() AND email_hash = decode(p ->> 'email_hash', 'hex') ORDER BY created_at LIMIT 1;
    END IF;
    IF replay IS NULL THEN
        PERFORM dsr.idempotency_claim(p -> 'idempotency', coalesce(known.alias, p ->> 'alias'), 201);
    END IF;
    IF known.id IS NOT NULL THEN
        RETURN json_build_object('id', known.id, 'alias', known.alias, 'residence', known.residence, 'version', known.version,
                                 'existing', true);
    END IF;
    BEGIN
        INSERT INTO dsr.subject (library_id, id, alias, residence, name, email, email_hash, created_by)
        VALUES (dsr.library(), (p ->> 'id')::uuid, p ->> 'alias', p ->> 'residence', decode(p ->> 'name_sealed', 'base64'),
                decode(p ->> 'email_sealed', 'base64'), decode(p ->> 'email_hash', 'hex'), dsr.me());
    EXCEPTION WHEN unique_violation THEN
        PERFORM dsr.raise_error('40R', 'alias', 'The alias is taken.');
    END;
    IF (p ->> 'own')::boolean THEN
        UPDATE dsr.account SET subject_id = (p ->> 'id')::uuid WHERE library_id = dsr.library() AND id = dsr.me();
        PERFORM set_config('dsr.subject', p ->> 'id', true);
    END IF;
    RETURN json_build_object('id', p -> 'id', 'alias', p -> 'alias', 'residence', p -> 'residence', 'version', 1,
                             'existing', false);
END
$function$;

ALTER FUNCTION api.subject_create(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.subject_create(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.subject_create(jsonb) TO dsrd_api;
