-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a mailer is told of a message that it leases. Null when that cannot be read: one broken row must not hold up the mails beside it.
CREATE OR REPLACE FUNCTION dsr.mail_told(m dsr.message) RETURNS json
    LANGUAGE plpgsql STABLE
AS $function$
BEGIN
    RETURN dsr.message_json(m.id, m.recipient_kind, m.recipient_id, m.recipient)::jsonb
        || jsonb_build_object('id', m.id, 'version', m.version, 'kind', m.kind, 'attempt', m.attempts + 1, 'message_id', m.message_id,
                              'dated', extract(epoch FROM m.dated)::bigint, 'digest', CASE WHEN m.digest THEN dsr.digest_json() END,
                              'audit', CASE WHEN m.audit_after IS NOT NULL THEN dsr.audit_mail_json(m.audit_after) END,
                              'sender', (SELECT dsr.envelope('letter.sender', l.id, l.sender) FROM dsr.letter l
                                          WHERE l.library_id = dsr.library() AND l.message_id = m.id AND l.sender IS NOT NULL LIMIT 1),
                              'bytes', dsr.envelope('message.bytes', m.id, m.bytes),
                              'put_off', (SELECT count(*) FROM dsr.attempt a WHERE a.library_id = dsr.library() AND a.message_id = m.id
                                             AND (a.verdict = 'in_doubt' OR a.about_this)));
EXCEPTION
    WHEN data_exception THEN
        RAISE WARNING 'message %: SQLSTATE %', m.id, SQLSTATE; -- the words of the error may hold what nobody shall read in a log
        RETURN NULL;
END
$function$;

ALTER FUNCTION dsr.mail_told(dsr.message) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.mail_told(dsr.message) FROM PUBLIC;
