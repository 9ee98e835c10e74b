-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whom a message goes to and what it is to say now: one item for each clock of each request, with today's days.
CREATE OR REPLACE FUNCTION dsr.message_json(p_message uuid, p_kind text, p_recipient uuid, p_address bytea) RETURNS json
    LANGUAGE sql STABLE
AS $function$
SELECT json_build_object(
    'address', CASE p_kind
        WHEN 'account' THEN (SELECT dsr.envelope('account.email', id, email) FROM dsr.account WHERE library_id = dsr.library() AND id = p_recipient)
        WHEN 'subject' THEN (SELECT dsr.envelope('subject.email', id, email) FROM dsr.subject WHERE library_id = dsr.library() AND id = p_recipient)
        ELSE dsr.envelope('message.recipient', p_message, p_address) END,
    'items', (SELECT coalesce(json_agg(json_build_object(
                  'ref', r.ref, 'vendor_name', v.name, 'right', r."right", 'law', r.law, 'law_name', r.law_name, 'cite', c.cite,
                  'clock', d.clock, 'kind', d.kind, 'due', dsr.deadline(c.due, c.latest, r.zone), 'latest', c.latest,
                  'days', dsr.days_left(dsr.deadline(c.due, c.latest, r.zone), r.zone, l.zone), 'asked_for', dsr.asked_for(r),
                  'status', dsr.status_of(r, now(), 0),
                  'legal', coalesce(c.legal, true), 'confidence', coalesce(c.confidence, 'sure'), 'assumed', coalesce(c.assumed, false),
                  'subject', s.alias) ORDER BY c.due, r.ref, d.clock), '[]')
                FROM (SELECT DISTINCT ON (w.request_id, coalesce(nullif(w.clock, ''), q.clock)) w.*
                        FROM dsr.reminder w JOIN dsr.request q ON q.library_id = w.library_id AND q.id = w.request_id
                       WHERE w.library_id = dsr.library() AND w.message_id = p_message AND w.state = 'gathered'
                       ORDER BY w.request_id, coalesce(nullif(w.clock, ''), q.clock), w.on_date DESC) d
                JOIN dsr.request r ON r.library_id = d.library_id AND r.id = d.request_id
                JOIN dsr.library l ON l.id = r.library_id
                JOIN dsr.vendor v ON v.library_id = r.library_id AND v.slug = r.vendor
                JOIN dsr.subject s ON s.library_id = r.library_id AND s.id = r.subject_id
                LEFT JOIN dsr.clock c ON c.library_id = r.library_id AND c.request_id = r.id
                                     AND c.clock = coalesce(nullif(d.clock, ''), r.clock)),
    'in_reply_to', (SELECT min(m.message_id) FILTER (WHERE m.created_at = first.at)
                      FROM (SELECT request_id, min(m2.created_at) AS at
                              FROM (SELECT request_id FROM dsr.reminder WHERE library_id = dsr.library() AND message_id = p_message
                                     GROUP BY request_id) mine
                              JOIN dsr.reminder d2 USING (request_id)
                              JOIN dsr.message m2 ON m2.library_id = d2.library_id AND m2.id = d2.message_id AND m2.state = 'sent'
                             WHERE d2.library_id = dsr.library() AND m2.recipient_id = p_recipient
                               AND (SELECT count(DISTINCT request_id) FROM dsr.reminder WHERE library_id = dsr.library() AND message_id = p_message) = 1
                             GROUP BY request_id) first
                      JOIN dsr.reminder d3 ON d3.library_id = dsr.library() AND d3.request_id = first.request_id
                      JOIN dsr.message m ON m.library_id = d3.library_id AND m.id = d3.message_id AND m.state = 'sent'
                                        AND m.recipient_id = p_recipient))
$function$;

ALTER FUNCTION dsr.message_json(uuid, text, uuid, bytea) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.message_json(uuid, text, uuid, bytea) FROM PUBLIC;
