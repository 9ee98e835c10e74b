-- SPDX-License-Identifier: GPL-3.0-or-later
-- A letter as the request's record shows it; its text to whom it is about.
CREATE OR REPLACE FUNCTION dsr.letter_json(l dsr.letter, p_text boolean) RETURNS json
    LANGUAGE sql STABLE
AS $function$
SELECT json_build_object('id', l.id, 'message', l.message_id, 'kind', l.kind, 'lang', l.lang, 'channel', l.channel, 'state', l.state,
    'reason', l.reason, 'mail_id', l.mail_id, 'approved_at', l.approved_at, 'sent_at', l.sent_at, 'logged', l.logged,
    'text', CASE WHEN p_text THEN dsr.envelope('letter.text', l.id, l.text) END)
$function$;

ALTER FUNCTION dsr.letter_json(dsr.letter, boolean) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.letter_json(dsr.letter, boolean) FROM PUBLIC;
