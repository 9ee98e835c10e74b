-- SPDX-License-Identifier: GPL-3.0-or-later
-- Requests that a vendor (null: any), or one that it took over, has not answered in time, of those the caller sees as its work: whether a chaser
-- may name each, or why not: `waiting` (a letter about it is on its way, or in doubt), `recent` (one was sent in the last seven days), `authority` (it has ended).
-- `since`: the first day after the last one, where the vendor is.
DROP FUNCTION IF EXISTS dsr.chase_requests(text); -- `since` was an instant, which is another day elsewhere
CREATE FUNCTION dsr.chase_requests(p_vendor text) RETURNS TABLE (id bigint, vendor text, since date, chased timestamptz, why_not text)
    LANGUAGE sql STABLE
AS $function$
SELECT r.id, r.vendor, (least(r.breach_at, r.ack_breach_at) AT TIME ZONE r.zone)::date, l.sent_at,
       CASE WHEN dsr.authority_ended(r) IS NOT NULL THEN 'authority' WHEN l.waits THEN 'waiting'
            WHEN l.sent_at > now() - interval '7 days' THEN 'recent' END
  FROM dsr.request r
  LEFT JOIN LATERAL (SELECT max(sent_at) AS sent_at, bool_or(state IN ('approved', 'in_doubt')) AS waits FROM dsr.letter o
                      WHERE o.library_id = r.library_id AND o.request_id = r.id AND o.kind = 'overdue') l ON true
 WHERE r.library_id = dsr.library() AND r.state = 'open' AND (p_vendor IS NULL OR r.vendor = ANY ((SELECT dsr.vendor_family(p_vendor))::text[])) -- asked once
   AND (dsr.sees_all() OR r.subject_id = dsr.my_subject()) AND dsr.is_overdue(dsr.status_of(r, now(), 0))
$function$;

ALTER FUNCTION dsr.chase_requests(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.chase_requests(text) FROM PUBLIC;
