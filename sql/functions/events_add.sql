-- SPDX-License-Identifier: GPL-3.0-or-later
-- Appends events, in the order given, after those already there; what the vendor wrote proves the channel.
CREATE OR REPLACE FUNCTION dsr.events_add(p_request bigint, p_events jsonb) RETURNS void
    LANGUAGE sql
AS $function$
INSERT INTO dsr.event (library_id, request_id, n, id, event, on_date, account_id, note, outcome, reason, detail)
SELECT dsr.library(), p_request,
       coalesce((SELECT max(n) FROM dsr.event WHERE library_id = dsr.library() AND request_id = p_request), 0) + e.position::int,
       (e.event ->> 'id')::uuid, e.event ->> 'event', (e.event ->> 'on')::date, dsr.me(),
       decode(e.event ->> 'note_sealed', 'base64'), e.event ->> 'outcome', e.event ->> 'reason',
       nullif(e.event -> 'detail', 'null')
  FROM jsonb_array_elements(p_events) WITH ORDINALITY AS e (event, position);
SELECT dsr.channel_heard(p_request, p_events)
$function$;

ALTER FUNCTION dsr.events_add(bigint, jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.events_add(bigint, jsonb) FROM PUBLIC;
