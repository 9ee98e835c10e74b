-- SPDX-License-Identifier: GPL-3.0-or-later
-- Mail that did not get through, newest first: the caller's own, or everybody's. What failed is old news once a later mail has reached
-- the same address, and a test on the day after.
CREATE OR REPLACE FUNCTION dsr.mail_trouble(p_all boolean) RETURNS json
    LANGUAGE sql STABLE
AS $function$
SELECT coalesce(json_agg(json_build_object('id', id, 'kind', kind, 'day', day, 'state', state, 'attempts', attempts, 'last_code', last_code,
           'last_problem', last_problem, 'next_at', next_at) ORDER BY created_at DESC), '[]')
  FROM (SELECT * FROM dsr.message m
         WHERE m.library_id = dsr.library()
           AND (m.state = 'in_doubt' OR (m.state = 'queued' AND m.attempts > 0)
                -- A letter that failed is old news once another of its kind was approved.
                OR (m.state = 'failed' AND NOT EXISTS (SELECT FROM dsr.letter l JOIN dsr.letter n ON n.library_id = l.library_id
                        AND n.request_id = l.request_id AND n.kind = l.kind AND n.approved_at > l.approved_at
                        WHERE l.library_id = m.library_id AND l.message_id = m.id) AND (m.kind <> 'test' OR m.day >= dsr.today())
                    AND NOT EXISTS (SELECT FROM dsr.message o WHERE o.library_id = m.library_id AND o.address_hash = m.address_hash
                                       AND o.kind = 'reminder' AND o.state <> 'cancelled' AND o.day > m.day AND o.state = 'sent')))
           AND (p_all OR m.recipient_id = dsr.me() OR m.recipient_id = dsr.my_subject())
         ORDER BY created_at DESC LIMIT 20) m
$function$;

ALTER FUNCTION dsr.mail_trouble(boolean) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.mail_trouble(boolean) FROM PUBLIC;
