-- SPDX-License-Identifier: GPL-3.0-or-later
-- The whole record of a request. Notes come as envelopes, to staff and to whom the request is about; whom it is about is named to that
-- person alone: staff work by alias, and api.subject_reveal() is how they learn more. DS404.
CREATE OR REPLACE FUNCTION api.request_show(p_ref text) RETURNS json
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    r dsr.request := dsr.request_find(p_ref);
    own boolean := coalesce(r.subject_id = dsr.my_subject(), false);
    works boolean := dsr.has_role('staff') OR own;
BEGIN
    RETURN json_build_object(
        'request', dsr.request_json(r), 'received', r.received, 'received_assumed', r.received_assumed, 'zone', r.zone,
        'calendar', r.calendar, 'courtesy_days', r.courtesy_days, 'reason', r.reason, 'closed', r.closed_on,
        'kept_until', dsr.kept_until(r), 'held', r.state <> 'open' AND dsr.is_held(r),
        'channel', json_build_object('id', r.channel_id, 'kind', r.channel_kind, 'designation', r.designation),
        'residence', CASE WHEN works THEN (SELECT residence FROM dsr.subject WHERE library_id = r.library_id AND id = r.subject_id) END,
        'subject_name', CASE WHEN own THEN (SELECT dsr.envelope('subject.name', id, name) FROM dsr.subject
                          WHERE library_id = r.library_id AND id = r.subject_id) END,
        'filer', dsr.colleague(r.filer, r.subject_id),
        'clocks', dsr.clocks_json(r.id, false),
        'events', (SELECT json_agg(json_build_object(
                       'id', e.id, 'event', e.event, 'on', e.on_date, 'at', e.at,
                       'by', CASE WHEN e.account_id = dsr.me() THEN '"me"'::json ELSE dsr.colleague(e.account_id, r.subject_id) END,
                       'note', CASE WHEN works THEN dsr.envelope('event.note', e.id, e.note) END,
                       'outcome', e.outcome, 'reason', e.reason, 'detail', e.detail,
                       'voided', CASE WHEN e.voided_at IS NOT NULL THEN json_build_object('at', e.voided_at, 'reason',
                                     CASE WHEN works THEN dsr.envelope('event.void_reason', e.id, e.void_reason) END) END)
                       ORDER BY e.n)
                     FROM dsr.event e WHERE e.library_id = r.library_id AND e.request_id = r.id),
        'reminders', (SELECT coalesce(json_agg(json_build_object('on', on_date, 'clock', clock, 'kind', kind, 'to', recipient_kind,
                             'state', state) ORDER BY on_date, id), '[]')
                        FROM dsr.reminder WHERE library_id = r.library_id AND request_id = r.id AND state <> 'cancelled'),
        'letters', (SELECT coalesce(json_agg(dsr.letter_json(l, own) ORDER BY l.approved_at), '[]') FROM dsr.letter l
                     WHERE l.library_id = r.library_id AND l.request_id = r.id AND works),
        'replies', (SELECT coalesce(json_agg(dsr.reply_json(p) ORDER BY p.came_at, p.id), '[]')
                      FROM dsr.reply p WHERE p.library_id = r.library_id AND p.request_id = r.id AND p.state <> 'pen'),
        'messages', (SELECT coalesce(json_agg(json_build_object('id', m.id, 'day', m.day, 'state', m.state, 'last_code', m.last_code,
                            'last_problem', m.last_problem) ORDER BY m.created_at), '[]')
                       FROM dsr.message m WHERE m.library_id = r.library_id
                        AND EXISTS (SELECT FROM dsr.reminder d WHERE d.library_id = r.library_id AND d.request_id = r.id
                                     AND d.message_id = m.id)));
END
$function$;

ALTER FUNCTION api.request_show(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.request_show(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.request_show(text) TO dsrd_api;
