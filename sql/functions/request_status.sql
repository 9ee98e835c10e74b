-- SPDX-License-Identifier: GPL-3.0-or-later
-- Where a request stands, on one screen: summary, what comes next, clocks, the next reminders. DS404.
CREATE OR REPLACE FUNCTION api.request_status(p_ref text) RETURNS json
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    r dsr.request := dsr.request_find(p_ref);
BEGIN
    RETURN json_build_object(
        'request', dsr.request_json(r), 'next', dsr.next_json(r), 'clocks', dsr.clocks_json(r.id, false),
        'kept_until', dsr.kept_until(r), 'held', r.state <> 'open' AND dsr.is_held(r),
        'replies', (SELECT count(*) FROM dsr.reply WHERE library_id = r.library_id AND request_id = r.id AND state = 'proposed'),
        'last_event', (SELECT json_build_object('event', event, 'on', on_date) FROM dsr.event
                        WHERE library_id = r.library_id AND request_id = r.id AND voided_at IS NULL ORDER BY n DESC LIMIT 1),
        'reminders', (SELECT coalesce(json_agg(json_build_object('on', on_date, 'clock', clock, 'kind', kind, 'to', recipient_kind)
                             ORDER BY on_date, id), '[]')
                        FROM dsr.reminder d
                       WHERE library_id = r.library_id AND request_id = r.id AND state = 'planned' AND NOT dsr.reminder_stopped(d)));
END
$function$;

ALTER FUNCTION api.request_status(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.request_status(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.request_status(text) TO dsrd_api;
