-- SPDX-License-Identifier: GPL-3.0-or-later
-- The letters of a request as evidence shows them: what was approved, by its hash too, and each try to deliver it with the server's answer.
CREATE OR REPLACE FUNCTION dsr.letters_evidence(p_request bigint) RETURNS json
    LANGUAGE sql STABLE SET dsr.reach = 'library' -- the mail of a chaser is not about one person only; the letter is
AS $function$
SELECT coalesce(json_agg(json_build_object(
           'kind', l.kind, 'lang', l.lang, 'channel', l.channel, 'state', l.state, 'reason', l.reason, 'approved_at', l.approved_at,
           'sent_at', l.sent_at, 'message_id', l.mail_id, 'sha256', encode(l.sha256, 'hex'),
           'mail_sha256', encode(m.sha256, 'hex'), 'mail_size', m.size, 'queue_id', m.queue_id,
           'text', dsr.envelope('letter.text', l.id, l.text),
           'tries', (SELECT coalesce(json_agg(json_build_object('began', a.began_at, 'ended', a.ended_at, 'verdict', a.verdict, 'code', a.smtp_code,
                            'reply', dsr.envelope('attempt.reply', a.id, a.reply)) ORDER BY a.n), '[]')
                       FROM dsr.attempt a WHERE a.library_id = m.library_id AND a.message_id = m.id)) ORDER BY l.approved_at, l.id), '[]')
  FROM dsr.letter l JOIN dsr.message m ON m.library_id = l.library_id AND m.id = l.message_id
 WHERE l.library_id = dsr.library() AND l.request_id = p_request
$function$;

ALTER FUNCTION dsr.letters_evidence(bigint) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.letters_evidence(bigint) FROM PUBLIC;
