-- SPDX-License-Identifier: GPL-3.0-or-later
-- Counts by vendor or right of what was sent from p_from on and before p_until. The medians count open requests too: the number of
-- days after which half of ALL asked had their answer; null while fewer than half have. Days to acknowledge are of those whose law asks
-- for an acknowledgement or who got one.
CREATE OR REPLACE FUNCTION dsr.report(p_by_vendor boolean, p_from date, p_until date) RETURNS json
    LANGUAGE sql STABLE
AS $function$
WITH asked AS (
    SELECT CASE WHEN p_by_vendor THEN r.vendor::text ELSE r."right" END AS name, r.id, r."right", r.state, r.outcome, r.sent_on, r.received,
           dsr.status_of(r, now(), 0) AS status
      FROM dsr.request r
     WHERE r.library_id = dsr.library() AND r.sent_on >= p_from AND r.sent_on < p_until AND r.state <> 'draft'
), facts AS (
    SELECT a.*,
           min(e.on_date) FILTER (WHERE says.answer OR e.event = 'acknowledged') - coalesce(a.received, a.sent_on) AS to_acknowledge,
           min(e.on_date) FILTER (WHERE says.answer) - coalesce(a.received, a.sent_on) AS to_answer,
           -- A clock that asks for an acknowledgement stays with the request, whatever became of it.
           bool_or(e.event = 'acknowledged')
               OR a.id IN (SELECT c.request_id FROM dsr.clock c WHERE c.library_id = dsr.library() AND c.clock IN ('ack', 'complaint_ack'))
               AS to_be_acknowledged,
           bool_or(e.event = 'refused') OR a.outcome = 'denied' AS denied,
           bool_or(e.event = 'extension_notice') AS extended
      FROM asked a LEFT JOIN dsr.event e ON e.library_id = dsr.library() AND e.request_id = a.id AND e.voided_at IS NULL
     CROSS JOIN LATERAL (SELECT e.event IN ('answered', 'refused', 'referred')
                                OR (e.event = 'complaint_answered' AND a."right" = 'complaint') AS answer) says
     GROUP BY a.name, a.id, a."right", a.state, a.outcome, a.sent_on, a.received, a.status
), counts AS (
    SELECT name, count(*) AS n, count(to_answer) AS answered, count(*) FILTER (WHERE dsr.is_overdue(status)) AS overdue,
           count(*) FILTER (WHERE denied) AS denied, count(*) FILTER (WHERE extended) AS extended,
           count(*) FILTER (WHERE state = 'open') AS open,
           percentile_disc(0.5) WITHIN GROUP (ORDER BY coalesce(to_acknowledge, 1000000)) FILTER (WHERE to_be_acknowledged) AS acknowledge,
           percentile_disc(0.5) WITHIN GROUP (ORDER BY coalesce(to_answer, 1000000)) AS answer
      FROM facts GROUP BY name
)
SELECT json_build_object('from', p_from, 'until', p_until - 1, 'rows', coalesce(json_agg(json_build_object(
           CASE WHEN p_by_vendor THEN 'vendor' ELSE 'right' END, name, 'asked', n, 'answered', answered, 'overdue', overdue,
           'denied', denied, 'extended', extended, 'open', open,
           'median_days_to_acknowledge', nullif(acknowledge, 1000000), 'median_days_to_answer', nullif(answer, 1000000), 'n', n)
           ORDER BY n DESC, name), '[]'))
  FROM counts
$function$;

ALTER FUNCTION dsr.report(boolean, date, date) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.report(boolean, date, date) FROM PUBLIC;
