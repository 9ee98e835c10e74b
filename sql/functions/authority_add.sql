-- SPDX-License-Identifier: GPL-3.0-or-later
-- Records what a patron has authorised {alias, form, on, until, vendors, rights, idempotency}: names of vendors become their short ones.
-- Reminders that an ended authority had stopped are planned again where this one covers. For staff. DS404, DS422.
CREATE OR REPLACE FUNCTION api.authority_add(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    s dsr.subject := dsr.subject_of_alias(p ->> 'alias');
    a dsr.authority;
    replay json;
BEGIN
    PERFORM dsr.gather_wait();
    PERFORM dsr.subject_lock(s.id);
    SELECT coalesce(max(n), 0) + 1 INTO a.n FROM dsr.authority WHERE library_id = s.library_id AND subject_id = s.id;
    replay := dsr.idempotency_claim(p -> 'idempotency', s.alias || ' ' || a.n, 201);
    IF replay IS NOT NULL THEN
        SELECT * INTO a FROM dsr.authority
         WHERE library_id = s.library_id AND subject_id = s.id AND n = split_part(replay #>> '{replay,ref}', ' ', 2)::int;
        RETURN dsr.authority_json(a);
    END IF;
    IF (p ->> 'on')::date > dsr.today() THEN
        PERFORM dsr.raise_error('422', 'on', 'The authority cannot have been given after today.');
    ELSIF (p ->> 'until')::date < (p ->> 'on')::date THEN
        PERFORM dsr.raise_error('422', 'until', 'The last day lies before the day the authority was given.');
    END IF;
    INSERT INTO dsr.authority (library_id, subject_id, n, form, given_on, until, vendors, rights, recorded_by)
    VALUES (s.library_id, s.id, a.n, p ->> 'form', (p ->> 'on')::date, (p ->> 'until')::date,
            ARRAY(SELECT DISTINCT unnest(dsr.vendor_family(dsr.vendor_find(v))) FROM jsonb_array_elements_text(coalesce(p -> 'vendors', '[]')) v ORDER BY 1),
            ARRAY(SELECT DISTINCT r FROM jsonb_array_elements_text(coalesce(p -> 'rights', '[]')) r ORDER BY 1), dsr.me())
    RETURNING * INTO a;
    UPDATE dsr.subject SET version = version + 1 WHERE library_id = s.library_id AND id = s.id; -- who files now reads it
    PERFORM dsr.authority_settle(s.id);
    PERFORM dsr.audit_add('authority_add', s.alias, jsonb_build_object('n', a.n, 'form', a.form));
    RETURN dsr.authority_json(a);
END
$function$;

ALTER FUNCTION api.authority_add(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.authority_add(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.authority_add(jsonb) TO dsrd_api;
