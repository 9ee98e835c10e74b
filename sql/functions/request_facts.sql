-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a report counts of each request: how the vendor answered; the day of closing is the day of the answer where the outcome says that there
-- was one and nobody logged it. Inlined where it is used, so that only those asked for are looked at.
-- A tombstone keeps the same of a purged one.
CREATE OR REPLACE FUNCTION dsr.request_facts() RETURNS TABLE (id bigint, vendor dsr.slug, law dsr.slug, "right" text, state text,
    status text, outcome text, sent_on date, to_acknowledge integer, to_be_acknowledged boolean, to_answer integer, denied boolean,
    extended boolean)
    LANGUAGE sql STABLE
AS $function$
SELECT f.id, f.vendor, f.law, f."right", f.state, f.status, f.outcome, f.sent_on, least(f.acknowledged_on, f.answered_on) - f.since,
       f.to_be_acknowledged, f.answered_on - f.since, f.denied, f.extended
  FROM (SELECT r.id, r.vendor, r.law, r."right", r.state, dsr.status_of(r, now(), 0) AS status, r.outcome, r.sent_on, coalesce(r.received, r.sent_on) AS since,
               min(e.on_date) FILTER (WHERE e.event = 'acknowledged') AS acknowledged_on,
               coalesce(min(e.on_date) FILTER (WHERE e.event IN ('answered', 'refused', 'referred', 'drop_deleted')
                                                     OR (e.event = 'complaint_answered' AND r."right" = 'complaint')),
                        CASE WHEN r.outcome IN ('fulfilled', 'partially_fulfilled', 'denied', 'referred_to_library') THEN r.closed_on END) AS answered_on,
               -- A clock that asks for an acknowledgement stays with the request, whatever became of it.
               coalesce(bool_or(e.event = 'acknowledged'), false)
                   OR r.id IN (SELECT c.request_id FROM dsr.clock c WHERE c.library_id = dsr.library() AND c.clock IN ('ack', 'complaint_ack')) AS to_be_acknowledged,
               coalesce(bool_or(e.event = 'refused') OR r.outcome = 'denied', false) AS denied,
               coalesce(bool_or(e.event = 'extension_notice'), false) AS extended
          FROM dsr.request r LEFT JOIN dsr.event e ON e.library_id = r.library_id AND e.request_id = r.id AND e.voided_at IS NULL
         WHERE r.library_id = dsr.library()
         GROUP BY r.library_id, r.id) f
$function$;

ALTER FUNCTION dsr.request_facts() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.request_facts() FROM PUBLIC;
