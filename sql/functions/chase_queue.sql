-- SPDX-License-Identifier: GPL-3.0-or-later
-- Queues a chaser that a person has approved {message, lang, channel, sha256, sender_sealed, recipient_sealed, address_hash, bytes_sealed,
-- bytes_sha256, size, mail_id, token_hash, again, letters: [{id, ref, version, text_sealed}]}: one message, and a letter of the kind overdue
-- of each request that it names. DS409 when one of them may not be chased any more; DS40R when one has changed since, or is gone.
CREATE OR REPLACE FUNCTION api.chase_queue(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    one record;
    why text;
    named integer := 0;
BEGIN
    PERFORM FROM dsr.request WHERE library_id = dsr.library() AND ref IN (SELECT item ->> 'ref' FROM jsonb_array_elements(p -> 'letters') item)
      ORDER BY id FOR UPDATE;
    INSERT INTO dsr.message (library_id, id, kind, recipient_kind, recipient, address_hash, day, bytes, sha256, size, message_id)
    VALUES (dsr.library(), (p ->> 'message')::uuid, 'letter', 'vendor', decode(p ->> 'recipient_sealed', 'base64'),
            decode(p ->> 'address_hash', 'hex'), dsr.today(), decode(p ->> 'bytes_sealed', 'base64'), decode(p ->> 'bytes_sha256', 'hex'),
            (p ->> 'size')::int, btrim(p ->> 'mail_id', '<>'));
    FOR one IN
        SELECT r.*, (item ->> 'id')::uuid AS letter, (item ->> 'version')::bigint AS seen, decode(item ->> 'text_sealed', 'base64') AS text_sealed
          FROM jsonb_array_elements(p -> 'letters') WITH ORDINALITY AS items (item, place)
          JOIN dsr.request r ON r.library_id = dsr.library() AND r.ref = item ->> 'ref' AND (dsr.sees_all() OR r.subject_id = dsr.my_subject())
         ORDER BY place
    LOOP
        IF one.version <> one.seen THEN
            PERFORM dsr.raise_error('40R', 'version', 'A request was changed meanwhile.');
        END IF;
        SELECT coalesce(c.why_not, '') INTO why FROM dsr.chase_requests(one.vendor) c WHERE c.id = one.id;
        IF why IS NULL OR NOT (why = '' OR (why = 'recent' AND coalesce((p ->> 'again')::boolean, false))) THEN
            PERFORM dsr.raise_error('409', 'vendor', format('%s is not to be chased any more; look at the letter again.', one.ref));
        END IF;
        INSERT INTO dsr.letter (library_id, id, request_id, kind, lang, channel, text, sha256, sender, message_id, mail_id, approved_by)
        VALUES (dsr.library(), one.letter, one.id, 'overdue', p ->> 'lang', p ->> 'channel', one.text_sealed, decode(p ->> 'sha256', 'hex'),
                CASE WHEN named = 0 THEN decode(p ->> 'sender_sealed', 'base64') END, (p ->> 'message')::uuid, p ->> 'mail_id', dsr.me());
        -- The channel belongs to who took the request's vendor over: that one's is proven by an answer, or bounces.
        INSERT INTO dsr.reply_token (library_id, hash, request_id, vendor, channel, message_id)
        SELECT dsr.library(), decode(p ->> 'token_hash', 'hex'), one.id, coalesce(v.merged_into, v.slug), p ->> 'channel', p ->> 'mail_id'
          FROM dsr.vendor v WHERE v.library_id = dsr.library() AND v.slug = one.vendor AND p ->> 'token_hash' IS NOT NULL;
        PERFORM dsr.audit_add('letter_send', one.ref, jsonb_build_object('letter', one.letter, 'kind', 'chaser'));
        named := named + 1;
    END LOOP;
    IF named <> jsonb_array_length(p -> 'letters') THEN -- one is gone, and the letter names it
        PERFORM dsr.raise_error('40R', 'version', 'A request was changed meanwhile.');
    END IF;
    NOTIFY dsr, 'outbox';
    RETURN json_build_object('message', p -> 'message', 'state', 'approved', 'requests', (SELECT json_agg(item -> 'ref') FROM jsonb_array_elements(p -> 'letters') item));
END
$function$;

ALTER FUNCTION api.chase_queue(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.chase_queue(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.chase_queue(jsonb) TO dsrd_api;
