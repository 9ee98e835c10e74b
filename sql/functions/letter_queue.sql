-- SPDX-License-Identifier: GPL-3.0-or-later
-- Queues a letter that a person has approved {ref, version, id, message, kind, lang, channel, text_sealed, sha256, sender_sealed,
-- recipient_sealed, address_hash, bytes_sealed, bytes_sha256, size, mail_id, token_hash}. The very same approved again within a few minutes
-- is the same letter: an answer that got lost. DS404; DS409 when it may not go out, or one is on its way; DS40R when the request has
-- changed since.
CREATE OR REPLACE FUNCTION api.letter_queue(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    r dsr.request := dsr.request_find(p ->> 'ref');
    l dsr.letter;
    hash bytea := decode(p ->> 'sha256', 'hex');
BEGIN
    PERFORM FROM dsr.request WHERE library_id = r.library_id AND id = r.id FOR UPDATE;
    r := dsr.request_find(p ->> 'ref');
    SELECT * INTO l FROM dsr.letter o
     WHERE o.library_id = r.library_id AND o.request_id = r.id AND o.kind = p ->> 'kind' AND o.state NOT IN ('failed', 'withdrawn')
     ORDER BY approved_at DESC LIMIT 1;
    IF l.state <> 'in_doubt' AND l.sha256 = hash AND l.approved_by = dsr.me() AND l.approved_at > now() - interval '10 minutes' THEN
        RETURN dsr.letter_json(l, false);
    ELSIF dsr.filed_for_another(dsr.me(), r.subject_id) AND dsr.authority_ended(r) IS NOT NULL THEN
        PERFORM dsr.raise_error('409', 'authority', format('The patron''s authority ended on %s: nothing is sent for it any more.', dsr.authority_ended(r)));
    ELSIF l.state = 'in_doubt' THEN
        PERFORM dsr.raise_error('409', 'kind', format('A letter of this kind may have arrived or not: `dsr mail resolve %s --sent`, or --again.', l.message_id));
    ELSIF l.state = 'approved' THEN
        PERFORM dsr.raise_error('409', 'kind', 'A letter of this kind waits to be sent already; `dsr show REF` tells.');
    ELSIF p ->> 'kind' = 'request' AND l.state = 'sent' THEN -- its record may not say so yet, or not any more
        PERFORM dsr.raise_error('409', 'kind', format('The letter of the request was sent on %s; what follows is a letter of another kind (--kind).', l.sent_at::date));
    ELSIF p ->> 'kind' = 'request' AND r.state <> 'draft' THEN
        PERFORM dsr.raise_error('409', 'kind', format('The request was sent on %s; what follows is a letter of another kind (--kind).', r.sent_on));
    ELSIF r.version <> (p ->> 'version')::bigint THEN
        PERFORM dsr.raise_error('40R', 'version', 'The request was changed meanwhile.');
    END IF;
    INSERT INTO dsr.message (library_id, id, kind, recipient_kind, recipient_id, recipient, address_hash, day, bytes, sha256, size, message_id)
    VALUES (r.library_id, (p ->> 'message')::uuid, 'letter', 'vendor', r.subject_id, decode(p ->> 'recipient_sealed', 'base64'),
            decode(p ->> 'address_hash', 'hex'), dsr.today(), decode(p ->> 'bytes_sealed', 'base64'), decode(p ->> 'bytes_sha256', 'hex'),
            (p ->> 'size')::int, btrim(p ->> 'mail_id', '<>'));
    INSERT INTO dsr.letter (library_id, id, request_id, kind, lang, channel, text, sha256, sender, message_id, mail_id, approved_by)
    VALUES (r.library_id, (p ->> 'id')::uuid, r.id, p ->> 'kind', p ->> 'lang', p ->> 'channel', decode(p ->> 'text_sealed', 'base64'), hash,
            decode(p ->> 'sender_sealed', 'base64'), (p ->> 'message')::uuid, p ->> 'mail_id', dsr.me())
    RETURNING * INTO l;
    IF dsr.letter_barred(l) IS NOT NULL THEN -- the mailer would say so, but to nobody
        PERFORM dsr.raise_error('409', 'kind', dsr.letter_barred(l) || ' The letter cannot be sent.');
    END IF;
    INSERT INTO dsr.reply_token (library_id, hash, request_id, vendor, channel, message_id)
    SELECT r.library_id, decode(p ->> 'token_hash', 'hex'), r.id, r.vendor, p ->> 'channel', p ->> 'mail_id' WHERE p ->> 'token_hash' IS NOT NULL;
    NOTIFY dsr, 'outbox';
    PERFORM dsr.audit_add('letter_send', r.ref, jsonb_build_object('letter', l.id, 'kind', l.kind));
    RETURN dsr.letter_json(l, false);
END
$function$;

ALTER FUNCTION api.letter_queue(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.letter_queue(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.letter_queue(jsonb) TO dsrd_api;
