-- SPDX-License-Identifier: GPL-3.0-or-later
-- Leases up to p_count messages of this library whose time has come, oldest first, to one mailer for p_seconds by the database's clock. Each comes with
-- what it shall say, or with its sealed bytes when it was tried before, and with how often the relay put it off or left it in doubt.
-- Reminders wait while they rest (dsr.reminders_rest); a test mail does not. One of a day that has not come waits: the clock
-- has gone back since (dsr.time_repair). A letter to a vendor that is in doubt is not taken: a person
-- decides about it.
CREATE OR REPLACE FUNCTION dsr.mail_lease_here(p_incarnation uuid, p_count integer, p_seconds integer, p_pause_s integer) RETURNS json
    LANGUAGE plpgsql
AS $function$
DECLARE
    answer json;
    resting boolean;
BEGIN
    PERFORM dsr.time_note();
    -- A clock that has gone back makes no lease longer than it was to be.
    UPDATE dsr.message SET lease_until = clock_timestamp() + make_interval(secs => p_seconds)
     WHERE library_id = dsr.library() AND state IN ('leased', 'sending') AND lease_until > clock_timestamp() + make_interval(secs => p_seconds);
    PERFORM dsr.leases_recover(p_pause_s);
    resting := dsr.reminders_rest(now());
    WITH due AS (
        SELECT id FROM dsr.message
         WHERE library_id = dsr.library() AND state IN ('queued', 'in_doubt') AND next_at <= clock_timestamp()
           AND NOT (kind = 'reminder' AND (resting OR (bytes IS NULL AND day > dsr.today()))) AND NOT (kind = 'letter' AND state = 'in_doubt')
         ORDER BY next_at LIMIT p_count FOR UPDATE SKIP LOCKED
    ), leased AS (
        UPDATE dsr.message m SET state = 'leased', incarnation = p_incarnation, dated = CASE WHEN m.bytes IS NULL THEN now() ELSE m.dated END,
               lease_until = clock_timestamp() + make_interval(secs => p_seconds)
          FROM due WHERE m.library_id = dsr.library() AND m.id = due.id
        RETURNING m.*
    )
    SELECT coalesce(json_agg(dsr.message_json(leased.id, leased.recipient_kind, leased.recipient_id, leased.recipient)::jsonb
               || jsonb_build_object('id', id, 'version', version, 'kind', kind, 'attempt', attempts + 1, 'message_id', message_id,
                                     'dated', extract(epoch FROM dated)::bigint, 'digest', CASE WHEN digest THEN dsr.digest_json() END,
                                     'audit', CASE WHEN audit_after IS NOT NULL THEN dsr.audit_mail_json(audit_after) END,
                                     'sender', (SELECT dsr.envelope('letter.sender', l.id, l.sender) FROM dsr.letter l
                                                 WHERE l.library_id = dsr.library() AND l.message_id = leased.id AND l.sender IS NOT NULL LIMIT 1),
                                     'bytes', dsr.envelope('message.bytes', id, bytes),
                                     'put_off', (SELECT count(*) FROM dsr.attempt a WHERE a.library_id = dsr.library() AND a.message_id = leased.id
                                                    AND (a.verdict = 'in_doubt' OR a.about_this)))), '[]')
      INTO answer FROM leased;
    RETURN json_build_object('messages', answer, 'library', (SELECT json_build_object('id', id, 'name', name, 'zone', zone, 'contact', contact, 'today', dsr.today())
                                                               FROM dsr.library WHERE id = dsr.library()));
END
$function$;

ALTER FUNCTION dsr.mail_lease_here(uuid, integer, integer, integer) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.mail_lease_here(uuid, integer, integer, integer) FROM PUBLIC;
