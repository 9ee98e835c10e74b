-- SPDX-License-Identifier: GPL-3.0-or-later
-- One thing of an export (dsr.export_items), with what is sealed as envelopes. Of what was done for others only that it was done: who they
-- are is theirs.
CREATE OR REPLACE FUNCTION dsr.export_json(p_section integer, p_id text, p_account uuid, p_subject uuid) RETURNS jsonb
    LANGUAGE sql STABLE
AS $function$
SELECT CASE p_section
    WHEN 1 THEN (SELECT jsonb_build_object(
                     'account', CASE WHEN a.id IS NOT NULL THEN json_build_object('id', a.id, 'roles', a.roles, 'name', dsr.envelope('account.name', a.id, a.name),
                         'email', dsr.envelope('account.email', a.id, a.email), 'uid',
                         dsr.envelope('account.uid', a.id, a.uid), 'since', a.created_at) END,
                     'subject', CASE WHEN s.id IS NOT NULL THEN json_build_object('alias', s.alias, 'residence', s.residence,
                         'since', s.created_at, 'name', dsr.envelope('subject.name', s.id, s.name),
                         'email', dsr.envelope('subject.email', s.id, s.email)) END,
                     'reminders_off', dsr.address_stopped(a.email_hash) OR dsr.address_stopped(s.email_hash))
                   FROM (SELECT dsr.library() AS id) l
                   LEFT JOIN dsr.account a ON a.library_id = l.id AND a.id = p_account
                   LEFT JOIN dsr.subject s ON s.library_id = l.id AND s.id = p_subject)
    WHEN 2 THEN (SELECT dsr.authority_json(a)::jsonb || jsonb_build_object('recorded', a.recorded_at) FROM dsr.authority a
                  WHERE a.library_id = dsr.library() AND a.subject_id = p_subject AND a.n = p_id::int)
    WHEN 3 THEN api.request_show(p_id)::jsonb || jsonb_build_object('explanation', (
                    SELECT dsr.clocks_json(id, true) FROM dsr.request WHERE library_id = dsr.library() AND ref = p_id))
    WHEN 4 THEN (SELECT jsonb_build_object('id', m.id, 'kind', m.kind, 'day', m.day, 'state', m.state,
                            'message_id', m.message_id, 'size', m.size, 'address', dsr.envelope('message.recipient', m.id, m.recipient),
                            'bytes', dsr.envelope('message.bytes', m.id, m.bytes),
                            'refs', (SELECT coalesce(json_agg(DISTINCT r.ref), '[]') FROM dsr.reminder d JOIN dsr.request r
                                       ON r.library_id = d.library_id AND r.id = d.request_id
                                      WHERE d.library_id = m.library_id AND d.message_id = m.id),
                            'tries', (SELECT coalesce(json_agg(json_build_object('at', t.began_at, 'verdict', t.verdict,
                                         'reply', dsr.envelope('attempt.reply', t.id, t.reply)) ORDER BY t.n), '[]')
                                        FROM dsr.attempt t WHERE t.library_id = m.library_id AND t.message_id = m.id))
                   FROM dsr.message m WHERE m.library_id = dsr.library() AND m.id = p_id::uuid)
    WHEN 5 THEN (SELECT jsonb_build_object('seq', seq, 'at', at, 'act', act, 'target', target,
                            'by', CASE WHEN account_id = p_account THEN 'me' WHEN account_id IS NULL THEN 'dsrd' ELSE 'library' END)
                   FROM dsr.audit WHERE library_id = dsr.library() AND seq = p_id::bigint)
    WHEN 6 THEN (SELECT jsonb_build_object('ref', ref, 'vendor', vendor, 'right', "right", 'law', law, 'recorded', created_at)
                   FROM dsr.request WHERE library_id = dsr.library() AND id = p_id::bigint)
    WHEN 7 THEN (SELECT jsonb_build_object('ref', r.ref, 'event', e.event, 'on', e.on_date, 'recorded', e.at)
                   FROM dsr.event e JOIN dsr.request r ON r.library_id = e.library_id AND r.id = e.request_id
                  WHERE e.library_id = dsr.library() AND e.id = p_id::uuid)
    WHEN 9 THEN (SELECT jsonb_build_object('id', id, 'scope', scope, 'since', created_at, 'until', expires_at, 'revoked', revoked_at,
                            'last_used', last_used)
                   FROM dsr.token WHERE library_id = dsr.library() AND account_id = p_account AND id = p_id)
    ELSE (SELECT jsonb_build_object('key', key, 'for', ref, 'at', created_at)
            FROM dsr.idempotency WHERE library_id = dsr.library() AND account_id = p_account AND key = p_id)
END
$function$;

ALTER FUNCTION dsr.export_json(integer, text, uuid, uuid) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.export_json(integer, text, uuid, uuid) FROM PUBLIC;
