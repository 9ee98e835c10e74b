-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a person needs to know to go on {said, awaits, asked_for, complained, appealed, ...}: what the vendor said last, the event that the
-- request waits for, what the vendor has asked for, whether a complaint or an appeal was sent, whether a notice of more time came too late, since
-- when nothing authorises the caller to send anything, and the person's own time, to complain for instance.
CREATE OR REPLACE FUNCTION dsr.next_json(r dsr.request) RETURNS json
    LANGUAGE sql STABLE
AS $function$
SELECT json_build_object(
    'said', (SELECT event FROM dsr.event WHERE library_id = r.library_id AND request_id = r.id AND voided_at IS NULL
                AND event IN ('answered', 'refused', 'deemed_refused', 'referred', 'appeal_answered', 'complaint_answered', 'reopened')
              ORDER BY n DESC LIMIT 1),
    'awaits', CASE
        WHEN r.clock LIKE 'complaint%' OR r.clock LIKE 'grievance%' OR r."right" = 'complaint' THEN 'complaint_answered'
        WHEN r.clock LIKE 'appeal%' OR appealed > coalesce(decided, 0) THEN 'appeal_answered'
        WHEN r.clock = 'access' THEN 'drop_retrieved' -- the vendor's access to the state's platform
        ELSE 'answered' END,
    'asked_for', dsr.asked_for(r), 'complained', coalesce(complained, false), 'appealed', appealed IS NOT NULL,
    'extension_void', EXISTS (SELECT FROM dsr.clock c, jsonb_array_elements(c.explanation) step
                               WHERE c.library_id = r.library_id AND c.request_id = r.id AND c.clock = 'respond'
                                 -- Only a notice that came too late lies after the last day that stands.
                                 AND step ->> 'rule' = 'extension' AND (step ->> 'on')::date > c.latest),
    'authority_ended', CASE WHEN r.subject_id IS DISTINCT FROM dsr.my_subject() THEN dsr.authority_ended(r) END,
    'own', CASE WHEN dsr.own_time_matters(r) THEN r.requester_clock END, 'own_due', CASE WHEN dsr.own_time_matters(r) THEN r.requester_due END)
  FROM (SELECT max(n) FILTER (WHERE event IN ('appeal_sent', 'appeal_received')) AS appealed,
               max(n) FILTER (WHERE event IN ('appeal_answered', 'reopened')) AS decided,
               bool_or(event = 'complaint_sent') AS complained
          FROM dsr.event WHERE library_id = r.library_id AND request_id = r.id AND voided_at IS NULL) happened
$function$;

ALTER FUNCTION dsr.next_json(dsr.request) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.next_json(dsr.request) FROM PUBLIC;
