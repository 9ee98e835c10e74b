-- SPDX-License-Identifier: GPL-3.0-or-later
-- Counts by vendor or right of what was sent from p_from on and before p_until. The medians count open requests too: the number of
-- days after which half of ALL asked had their answer; null while fewer than half have. Days to acknowledge are of those whose law asks
-- for an acknowledgement or who got one. What is purged counts as before, by its tombstone: so p_from and p_until
-- begin a month. A duplicate was asked once, under its other reference. What was closed as never answered stays overdue: it is the worst a
-- vendor can do, and would count for nothing otherwise.
CREATE OR REPLACE FUNCTION dsr.report(p_by_vendor boolean, p_from date, p_until date) RETURNS json
    LANGUAGE sql STABLE
AS $function$
WITH facts AS (
    SELECT CASE WHEN p_by_vendor THEN vendor::text ELSE "right" END AS name, state, status, outcome, to_acknowledge, to_be_acknowledged,
           to_answer, denied, extended
      FROM dsr.request_facts() WHERE sent_on >= p_from AND sent_on < p_until AND state <> 'draft' AND outcome IS DISTINCT FROM 'duplicate'
    UNION ALL
    SELECT CASE WHEN p_by_vendor THEN vendor::text ELSE "right" END, 'closed', 'closed', outcome, to_acknowledge, to_be_acknowledged,
           to_answer, denied, extended
      FROM dsr.tombstone WHERE library_id = dsr.library() AND sent_month >= p_from AND sent_month < p_until AND outcome IS DISTINCT FROM 'duplicate'
), counts AS (
    SELECT name, count(*) AS n, count(to_answer) AS answered, count(*) FILTER (WHERE dsr.is_overdue(status) OR outcome = 'no_answer') AS overdue,
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
