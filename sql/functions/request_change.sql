-- SPDX-License-Identifier: GPL-3.0-or-later
-- Changes a request: new events, voided events, corrected columns (`set`), and the clocks and reminders that follow. The version
-- must be the one dsrd worked from, and so must the subject's when `subject_version` is given: then the change was checked against the
-- subject's other requests (DS40R). Clocks absent: they stay
-- as they are; `clocks_of`: only those of that party are written anew. `reply`: the mail that
-- says what the event records.
CREATE OR REPLACE FUNCTION api.request_change(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    r dsr.request := dsr.request_find(p ->> 'ref');
    s jsonb := p -> 'set';
    replay json;
    there text;
BEGIN
    PERFORM dsr.catalogue_check(p);
    replay := dsr.idempotency_claim(p -> 'idempotency', r.ref, 200);
    IF replay IS NOT NULL THEN
        RETURN replay;
    END IF;
    IF s ? 'vendor' OR s ? 'right' THEN
        there := dsr.homework_request(r.homework, r.subject_id, coalesce(s ->> 'vendor', r.vendor), coalesce(s ->> 'right', r."right"));
        IF there <> r.ref THEN
            PERFORM dsr.raise_error('409', 'homework', format('%s of the homework %s asks that already; `dsr abandon %s` gives this one up.',
                                    there, r.homework, r.ref));
        END IF;
    END IF;
    UPDATE dsr.request SET
        version = version + 1,
        state = coalesce(s ->> 'state', state),
        outcome = CASE WHEN s ? 'outcome' THEN s ->> 'outcome' ELSE outcome END,
        reason = CASE WHEN s ? 'reason' THEN s ->> 'reason' ELSE reason END,
        closed_on = CASE WHEN s ? 'closed_on' THEN (s ->> 'closed_on')::date ELSE closed_on END,
        sent_on = CASE WHEN s ? 'sent_on' THEN (s ->> 'sent_on')::date ELSE sent_on END,
        vendor = coalesce(s ->> 'vendor', vendor),
        law = coalesce(s ->> 'law', law), law_name = coalesce(s ->> 'law_name', law_name), "right" = coalesce(s ->> 'right', "right"),
        channel_id = CASE WHEN s ? 'channel_id' THEN s ->> 'channel_id' ELSE channel_id END,
        channel_kind = CASE WHEN s ? 'channel_kind' THEN s ->> 'channel_kind' ELSE channel_kind END,
        designation = CASE WHEN s ? 'designation' THEN s ->> 'designation' ELSE designation END,
        zone = coalesce(s ->> 'zone', zone),
        calendar = CASE WHEN s ? 'calendar' THEN s ->> 'calendar' ELSE calendar END,
        courtesy_days = CASE WHEN s ? 'courtesy_days' THEN (s ->> 'courtesy_days')::int ELSE courtesy_days END,
        wanted = coalesce(s -> 'wanted', wanted),
        received = CASE WHEN p ? 'received' THEN (p ->> 'received')::date ELSE received END,
        received_assumed = coalesce((p ->> 'received_assumed')::boolean, received_assumed)
     WHERE library_id = r.library_id AND id = r.id AND version = (p ->> 'version')::bigint;
    IF NOT FOUND THEN
        PERFORM dsr.raise_error('40R', 'version', 'The request was changed meanwhile.');
    END IF;
    -- A letter that waits was approved for what it asked of whom then, and names the day of sending.
    IF coalesce(s ->> 'vendor', r.vendor) <> r.vendor OR coalesce(s ->> 'law', r.law) <> r.law OR coalesce(s ->> 'right', r."right") <> r."right"
       OR (s ? 'channel_id' AND s ->> 'channel_id' IS DISTINCT FROM r.channel_id::text)
       OR (s ? 'sent_on' AND r.sent_on IS NOT NULL AND (s ->> 'sent_on')::date IS DISTINCT FROM r.sent_on) THEN
        PERFORM dsr.letters_withdraw(r.id, 'The request was changed meanwhile.');
    END IF;
    -- Requests of one subject check each other: who files one now must see this change.
    UPDATE dsr.subject SET version = version + 1
     WHERE library_id = r.library_id AND id = r.subject_id AND version = coalesce((p ->> 'subject_version')::bigint, version);
    IF NOT FOUND THEN
        PERFORM dsr.raise_error('40R', 'subject', 'Another request for this subject was recorded meanwhile.');
    END IF;
    UPDATE dsr.event e SET voided_at = now(), voided_by = dsr.me(), void_reason = decode(v.void ->> 'reason_sealed', 'base64')
      FROM jsonb_array_elements(coalesce(p -> 'void', '[]')) AS v (void)
     WHERE e.library_id = r.library_id AND e.request_id = r.id AND e.id = (v.void ->> 'id')::uuid AND e.voided_at IS NULL;
    PERFORM dsr.channel_unheard(r.id, p -> 'void') WHERE p ? 'void';
    PERFORM dsr.events_add(r.id, coalesce(p -> 'events', '[]'));
    IF p ->> 'reply' IS NOT NULL THEN
        PERFORM dsr.reply_confirm(r, p ->> 'reply', (p #>> '{events,-1,id}')::uuid);
    END IF;
    IF p ? 'clocks' THEN
        PERFORM dsr.clocks_replace(r.id, p -> 'clocks', p ->> 'clocks_of');
    END IF;
    r := dsr.request_summarise(r.id);
    PERFORM dsr.letters_settle(ARRAY[r.id]);
    IF p ? 'reminders' THEN
        PERFORM dsr.reminders_replace(r, p -> 'reminders');
    END IF;
    RETURN dsr.request_written(r);
END
$function$;

ALTER FUNCTION api.request_change(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.request_change(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.request_change(jsonb) TO dsrd_api;
