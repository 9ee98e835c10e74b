-- SPDX-License-Identifier: GPL-3.0-or-later
-- The summary of a request, as every list shows it. Where it has a range of days, `days` is to the last of them, after which it is late. That its
-- authority has ended is said of one that may still go on; what is closed needs none.
CREATE OR REPLACE FUNCTION dsr.request_json(r dsr.request) RETURNS json
    LANGUAGE plpgsql STABLE -- which keeps the plan for the session
AS $function$
BEGIN RETURN (
SELECT json_build_object(
    'ref', r.ref, 'vendor', r.vendor, 'vendor_name', v.name, 'vendor_now', v.merged_into, 'right', r."right", 'law', r.law, 'law_name', r.law_name,
    'subject', s.alias, 'state', r.state, 'status', dsr.status_of(r, now(), l.due_soon_days), 'sent', r.sent_on,
    'clock', r.clock, 'due', r.due, 'earliest', r.earliest, 'latest', r.latest,
    'days', dsr.days_left(r.latest, r.zone, l.zone), 'ack_due', r.ack_due, 'asked', r.asked, 'assumed', r.assumed,
    'unverified', r.unverified, 'legal', r.legal, 'authority_ended', CASE WHEN r.state <> 'closed' THEN r.authority_ended END,
    'homework', r.homework, 'after', dsr.comes_after(r), 'channel_id', r.channel_id, 'channel_kind', r.channel_kind,
    'mine', r.filer = dsr.me(), 'outcome', r.outcome, 'version', r.version)
  FROM dsr.vendor v, dsr.subject s, dsr.library l
 WHERE v.library_id = r.library_id AND v.slug = r.vendor AND s.library_id = r.library_id AND s.id = r.subject_id
   AND l.id = r.library_id
); END
$function$;

ALTER FUNCTION dsr.request_json(dsr.request) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.request_json(dsr.request) FROM PUBLIC;
