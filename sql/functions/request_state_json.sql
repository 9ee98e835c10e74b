-- SPDX-License-Identifier: GPL-3.0-or-later
-- A request with all that is needed to work it out anew.
CREATE OR REPLACE FUNCTION dsr.request_state_json(r dsr.request) RETURNS json
    LANGUAGE sql STABLE
AS $function$
SELECT json_build_object(
    'ref', r.ref, 'version', r.version, 'state', r.state, 'given_up', coalesce(dsr.given_up(r.outcome), false), 'vendor_slug', r.vendor, 'law', r.law, 'right', r."right", 'channel_id', r.channel_id,
    'channel_kind', r.channel_kind, 'designation', r.designation, 'sent_on', r.sent_on, 'sent_here', dsr.sent_here(r), 'zone', r.zone, 'calendar', r.calendar,
    'courtesy_days', r.courtesy_days, 'wanted', r.wanted, 'mine', r.filer = dsr.me(),
    'vendor', (SELECT doc FROM dsr.vendor WHERE library_id = r.library_id AND slug = r.vendor),
    'subject', (SELECT json_build_object('id', id, 'alias', alias, 'version', version, 'residence', residence) FROM dsr.subject
                 WHERE library_id = r.library_id AND id = r.subject_id),
    'events', (SELECT coalesce(json_agg(json_build_object('id', id, 'event', event, 'on', on_date, 'detail', detail,
                          'outcome', outcome, 'reason', reason) ORDER BY n), '[]')
                 FROM dsr.event WHERE library_id = r.library_id AND request_id = r.id AND voided_at IS NULL),
    'another', dsr.filed_for_another(r.filer, r.subject_id), 'authorities', dsr.authorities_of(r.subject_id),
    'earlier', dsr.earlier_requests(r.subject_id, r.vendor, r.id), 'purged', dsr.purged_requests(r.vendor, r.sent_on),
    'library', (SELECT json_build_object('zone', zone, 'due_soon_days', due_soon_days) FROM dsr.library WHERE id = r.library_id))
$function$;

ALTER FUNCTION dsr.request_state_json(dsr.request) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.request_state_json(dsr.request) FROM PUBLIC;
