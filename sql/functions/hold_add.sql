-- SPDX-License-Identifier: GPL-3.0-or-later
-- Sets a hold {id, reason_sealed, until, refs, subjects (aliases), vendors (names), idempotency}: what it covers is kept to the end of
-- that day. Waits for a purge under way, so that nothing goes that is held. DS404 for what is not there, DS422 for an end that has
-- passed. For officers.
CREATE OR REPLACE FUNCTION api.hold_add(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    new_id uuid := (p ->> 'id')::uuid;
    replay json := dsr.idempotency_claim(p -> 'idempotency', p ->> 'id', 201);
    item text;
BEGIN
    IF replay IS NOT NULL THEN
        RETURN dsr.hold_json((replay #>> '{replay,ref}')::uuid);
    END IF;
    IF (p ->> 'until')::date < dsr.today() THEN
        PERFORM dsr.raise_error('422', 'until',
                                format('The hold would have ended on %s already; it may end today or later.', p ->> 'until'));
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('dsr.purge', dsr.library()));
    INSERT INTO dsr.hold (library_id, id, author, reason, until)
    VALUES (dsr.library(), new_id, dsr.me(), decode(p ->> 'reason_sealed', 'base64'), (p ->> 'until')::date);
    FOR item IN SELECT DISTINCT jsonb_array_elements_text(p -> 'refs') LOOP
        INSERT INTO dsr.hold_target (library_id, hold_id, request_id)
        SELECT library_id, new_id, id FROM dsr.request WHERE library_id = dsr.library() AND ref = item;
        IF NOT FOUND THEN
            PERFORM dsr.raise_error('404', 'refs', format('There is no request %s.', item));
        END IF;
    END LOOP;
    FOR item IN SELECT DISTINCT jsonb_array_elements_text(p -> 'subjects') LOOP
        INSERT INTO dsr.hold_target (library_id, hold_id, subject_id)
        SELECT library_id, new_id, id FROM dsr.subject WHERE library_id = dsr.library() AND alias = item;
        IF NOT FOUND THEN
            PERFORM dsr.raise_error('404', 'subjects', format('There is no subject %s.', item));
        END IF;
    END LOOP;
    FOR item IN SELECT DISTINCT unnest(dsr.vendor_family(dsr.vendor_find(name))) FROM jsonb_array_elements_text(p -> 'vendors') AS name LOOP
        INSERT INTO dsr.hold_target (library_id, hold_id, vendor) VALUES (dsr.library(), new_id, item);
    END LOOP;
    PERFORM dsr.audit_add('hold', new_id::text, jsonb_build_object(
        'until', p -> 'until', 'refs', p -> 'refs', 'subjects', p -> 'subjects',
        'vendors', (SELECT coalesce(jsonb_agg(vendor ORDER BY vendor), '[]') FROM dsr.hold_target
                     WHERE library_id = dsr.library() AND hold_id = new_id AND vendor IS NOT NULL)));
    RETURN dsr.hold_json(new_id);
END
$function$;

ALTER FUNCTION api.hold_add(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.hold_add(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.hold_add(jsonb) TO dsrd_api;
