-- SPDX-License-Identifier: GPL-3.0-or-later
-- Writes a request with its events, clocks and reminders, all worked out by dsrd from request_snapshot(). The subject's row is
-- locked and its version must still be the snapshot's (DS40R otherwise), so what was checked there still holds.
CREATE OR REPLACE FUNCTION api.request_create(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    replay json;
    written dsr.request;
BEGIN
    PERFORM dsr.catalogue_check(p);
    UPDATE dsr.subject SET version = version + 1
     WHERE library_id = dsr.library() AND id = (p ->> 'subject_id')::uuid AND version = (p ->> 'subject_version')::bigint;
    IF NOT FOUND THEN
        PERFORM 1 FROM dsr.idempotency WHERE library_id = dsr.library() AND account_id = dsr.me() AND key = p #>> '{idempotency,key}';
        IF NOT FOUND THEN
            PERFORM dsr.raise_error('40R', 'subject', 'Another request for this subject was recorded meanwhile.');
        END IF;
    END IF;
    replay := dsr.idempotency_claim(p -> 'idempotency', p ->> 'ref', 201);
    IF replay IS NOT NULL THEN
        RETURN replay;
    END IF;
    INSERT INTO dsr.request (library_id, ref, subject_id, filer, vendor, channel_id, channel_kind, designation, law, law_name, "right",
                             state, sent_on, received, received_assumed, zone, calendar, courtesy_days, wanted, homework)
    VALUES (dsr.library(), p ->> 'ref', (p ->> 'subject_id')::uuid, dsr.me(), p ->> 'vendor', p ->> 'channel_id', p ->> 'channel_kind',
            p ->> 'designation', p ->> 'law', p ->> 'law_name', p ->> 'right', p ->> 'state', (p ->> 'sent_on')::date,
            (p ->> 'received')::date, (p ->> 'received_assumed')::boolean, p ->> 'zone', p ->> 'calendar',
            (p ->> 'courtesy_days')::int, p -> 'wanted', p ->> 'homework')
    ON CONFLICT DO NOTHING
    RETURNING * INTO written;
    IF written.id IS NULL THEN
        PERFORM dsr.raise_error('40R', 'ref', 'The reference is taken, or the homework has such a request.');
    END IF;
    PERFORM dsr.events_add(written.id, p -> 'events');
    PERFORM dsr.clocks_replace(written.id, p -> 'clocks', NULL);
    written := dsr.request_summarise(written.id);
    PERFORM dsr.reminders_replace(written, p -> 'reminders');
    RETURN dsr.request_written(written);
END
$function$;

ALTER FUNCTION api.request_create(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.request_create(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.request_create(jsonb) TO dsrd_api;
