-- SPDX-License-Identifier: GPL-3.0-or-later
-- One message with its tries. What the relay said often names the address, so it is shown for test mails and to whom the mail is
-- for. DS404.
CREATE OR REPLACE FUNCTION api.mail_show(p_id text) RETURNS json
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    m dsr.message := dsr.message_find(p_id);
    reply_is_shown boolean := m.kind = 'test' OR m.recipient_id = dsr.me() OR m.recipient_id = dsr.my_subject();
BEGIN
    RETURN json_build_object('id', m.id, 'day', m.day, 'kind', m.kind, 'state', m.state, 'attempts', m.attempts, 'last_code', m.last_code,
        'last_problem', m.last_problem, 'next_at', m.next_at, 'queue_id', m.queue_id, 'message_id', m.message_id, 'size', m.size,
        'sha256', encode(m.sha256, 'hex'), 'digest', m.digest,
        'refs', dsr.message_refs(m.id),
        'tries', (SELECT coalesce(json_agg(json_build_object('n', n, 'began_at', began_at, 'ended_at', ended_at, 'verdict', verdict,
                     'smtp_code', smtp_code, 'curl_code', curl_code, 'uploaded', uploaded,
                     'reply', CASE WHEN reply_is_shown THEN dsr.envelope('attempt.reply', id, reply) END)
                     ORDER BY n), '[]') FROM dsr.attempt WHERE library_id = m.library_id AND message_id = m.id));
END
$function$;

ALTER FUNCTION api.mail_show(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.mail_show(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.mail_show(text) TO dsrd_api;
