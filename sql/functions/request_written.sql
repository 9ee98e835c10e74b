-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a write answers: {"request": summary, "next": {...}, "clocks": [...], "last_event": {event, on}}.
CREATE OR REPLACE FUNCTION dsr.request_written(r dsr.request) RETURNS json
    LANGUAGE sql STABLE
AS $function$
SELECT json_build_object('request', dsr.request_json(r), 'next', dsr.next_json(r), 'clocks', dsr.clocks_json(r.id, false),
    'last_event', (SELECT json_build_object('event', event, 'on', on_date) FROM dsr.event
                    WHERE library_id = r.library_id AND request_id = r.id AND voided_at IS NULL ORDER BY n DESC LIMIT 1))
$function$;

ALTER FUNCTION dsr.request_written(dsr.request) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.request_written(dsr.request) FROM PUBLIC;
