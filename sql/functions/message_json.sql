-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whom a message goes to and what it is to say now: one item for each clock of each request, with today's days; and, when it is about one request
-- alone, the first mail that told the same person of it. In PL/pgSQL, which keeps the plans for the session.
CREATE OR REPLACE FUNCTION dsr.message_json(p_message uuid, p_kind text, p_recipient uuid, p_address bytea) RETURNS json
    LANGUAGE plpgsql STABLE
AS $function$
DECLARE
    only_request bigint;
    about integer;
    first_mail text;
BEGIN
    SELECT min(request_id), count(DISTINCT request_id) INTO only_request, about
      FROM dsr.reminder WHERE library_id = dsr.library() AND message_id = p_message;
    IF about = 1 THEN
        SELECT m.message_id INTO first_mail
          FROM dsr.reminder d JOIN dsr.message m ON m.library_id = d.library_id AND m.id = d.message_id
         WHERE d.library_id = dsr.library() AND d.request_id = only_request AND m.state = 'sent' AND m.recipient_id = p_recipient
         ORDER BY m.created_at, m.message_id LIMIT 1;
    END IF;
    RETURN json_build_object(
        'address', CASE p_kind
            WHEN 'account' THEN (SELECT dsr.envelope('account.email', id, email) FROM dsr.account WHERE library_id = dsr.library() AND id = p_recipient)
            WHEN 'subject' THEN (SELECT dsr.envelope('subject.email', id, email) FROM dsr.subject WHERE library_id = dsr.library() AND id = p_recipient)
            ELSE dsr.envelope('message.recipient', p_message, p_address) END,
        -- A person without an account has nowhere to type a command.
        'told', p_kind = 'subject' AND NOT EXISTS (SELECT FROM dsr.account WHERE library_id = dsr.library() AND subject_id = p_recipient AND NOT disabled),
        'items', (SELECT coalesce(json_agg(json_build_object(
                      'ref', r.ref, 'vendor_name', v.name, 'right', r."right", 'law', r.law, 'law_name', r.law_name, 'cite', c.cite,
                      'clock', coalesce(nullif(d.clock, ''), r.clock, ''), 'kind', d.kind, 'due', dsr.deadline(c.due, c.latest, r.zone), 'latest', c.latest,
                      'days', dsr.days_left(dsr.deadline(c.due, c.latest, r.zone), r.zone, l.zone), 'asked_for', dsr.asked_for(r),
                      'said', dsr.next_json(r) ->> 'said',
                      'status', dsr.status_of(r, now(), 0),
                      'legal', coalesce(c.legal, true), 'confidence', coalesce(c.confidence, 'sure'), 'assumed', coalesce(c.assumed, false),
                      'subject', s.alias) ORDER BY c.due, r.ref, d.clock), '[]')
                    FROM (SELECT DISTINCT ON (w.request_id, coalesce(nullif(w.clock, ''), q.clock)) w.*
                            FROM dsr.reminder w JOIN dsr.request q ON q.library_id = w.library_id AND q.id = w.request_id
                           WHERE w.library_id = dsr.library() AND w.message_id = p_message AND w.state = 'gathered'
                           ORDER BY w.request_id, coalesce(nullif(w.clock, ''), q.clock), w.kind IN ('replied', 'bounced') DESC, w.on_date DESC) d
                    JOIN dsr.request r ON r.library_id = d.library_id AND r.id = d.request_id
                    JOIN dsr.library l ON l.id = r.library_id
                    JOIN dsr.vendor v ON v.library_id = r.library_id AND v.slug = r.vendor
                    JOIN dsr.subject s ON s.library_id = r.library_id AND s.id = r.subject_id
                    LEFT JOIN dsr.clock c ON c.library_id = r.library_id AND c.request_id = r.id
                                         AND c.clock = coalesce(nullif(d.clock, ''), r.clock)),
        'in_reply_to', first_mail);
END
$function$;

ALTER FUNCTION dsr.message_json(uuid, text, uuid, bytea) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.message_json(uuid, text, uuid, bytea) FROM PUBLIC;
