-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a report counts of each request: how the vendor answered. Inlined where it is used, so that only those asked for are looked at.
-- A tombstone keeps the same of a purged one.
CREATE OR REPLACE FUNCTION dsr.request_facts() RETURNS TABLE (id bigint, vendor dsr.slug, law dsr.slug, "right" text, state text,
    status text, outcome text, sent_on date, to_acknowledge integer, to_be_acknowledged boolean, to_answer integer, denied boolean,
    extended boolean)
    LANGUAGE sql STABLE
AS $function$
SELECT r.id, r.vendor, r.law, r."right", r.state, dsr.status_of(r, now(), 0), r.outcome, r.sent_on,
       min(e.on_date) FILTER (WHERE says.answer OR e.event = 'acknowledged') - coalesce(r.received, r.sent_on),
       -- A clock that asks for an acknowledgement stays with the request, whatever became of it.
       coalesce(bool_or(e.event = 'acknowledged'), false)
           OR r.id IN (SELECT c.request_id FROM dsr.clock c WHERE c.library_id = dsr.library() AND c.clock IN ('ack', 'complaint_ack')),
       min(e.on_date) FILTER (WHERE says.answer) - coalesce(r.received, r.sent_on),
       coalesce(bool_or(e.event = 'refused') OR r.outcome = 'denied', false),
       coalesce(bool_or(e.event = 'extension_notice'), false)
  FROM dsr.request r LEFT JOIN dsr.event e ON e.library_id = r.library_id AND e.request_id = r.id AND e.voided_at IS NULL
 CROSS JOIN LATERAL (SELECT e.event IN ('answered', 'refused', 'referred')
                            OR (e.event = 'complaint_answered' AND r."right" = 'complaint') AS answer) says
 WHERE r.library_id = dsr.library()
 GROUP BY r.library_id, r.id
$function$;

ALTER FUNCTION dsr.request_facts() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.request_facts() FROM PUBLIC;
