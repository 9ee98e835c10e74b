-- SPDX-License-Identifier: GPL-3.0-or-later
-- The last word before the first byte goes out {message, version, incarnation, attempt, bytes_sealed, sha256, size, message_id, seconds,
-- previous, unsubscribe_hash}: stores the bytes and the try in one transaction, with the verdict on the message before (`previous`).
-- {"go": false} when an event has changed or cancelled the message meanwhile, or the lease is lost. A letter to a vendor that may not go out
-- any more (dsr.letter_barred) is cancelled here.
CREATE OR REPLACE FUNCTION api.mail_begin(p_library integer, p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    tried integer;
    barred text;
BEGIN
    PERFORM dsr.gate_pass();
    PERFORM set_config('dsr.library', p_library::text, true);
    -- Both in the order in which everybody locks several.
    PERFORM FROM dsr.message WHERE library_id = p_library AND id IN ((p ->> 'message')::uuid, (p -> 'previous' ->> 'message')::uuid) ORDER BY id FOR UPDATE;
    IF coalesce(p -> 'previous', 'null') <> 'null' THEN
        PERFORM dsr.verdict_apply(p -> 'previous');
    END IF;
    PERFORM dsr.mailer_seen((p ->> 'incarnation')::uuid, false);
    SELECT max(dsr.letter_barred(l)) INTO barred FROM dsr.letter l WHERE l.library_id = p_library AND l.message_id = (p ->> 'message')::uuid;
    IF EXISTS (SELECT FROM dsr.message WHERE library_id = p_library AND id = (p ->> 'message')::uuid AND kind = 'letter' AND bytes IS NULL) THEN
        barred := 'A request that it named was erased meanwhile.'; -- dsr.purge_mails
    END IF;
    IF barred IS NOT NULL THEN
        UPDATE dsr.message SET state = 'cancelled', bytes = NULL, incarnation = NULL, lease_until = NULL, last_problem = barred
         WHERE library_id = p_library AND id = (p ->> 'message')::uuid AND state = 'leased' AND incarnation = (p ->> 'incarnation')::uuid;
        PERFORM dsr.letter_follow((p ->> 'message')::uuid);
        RETURN '{"go": false}';
    END IF;
    UPDATE dsr.message SET state = 'sending', attempts = attempts + 1,
           bytes = coalesce(decode(p ->> 'bytes_sealed', 'base64'), bytes), sha256 = coalesce(decode(p ->> 'sha256', 'hex'), sha256),
           size = coalesce((p ->> 'size')::int, size), message_id = coalesce(p ->> 'message_id', message_id),
           lease_until = clock_timestamp() + make_interval(secs => (p ->> 'seconds')::int)
     WHERE library_id = p_library AND id = (p ->> 'message')::uuid AND state = 'leased' AND version = (p ->> 'version')::int
       AND incarnation = (p ->> 'incarnation')::uuid AND lease_until >= clock_timestamp()
    RETURNING attempts INTO tried;
    IF tried IS NULL THEN
        -- Changed under the lease: free for the next round, with what it says then.
        UPDATE dsr.message SET state = CASE WHEN bytes IS NULL OR kind = 'letter' THEN 'queued' ELSE 'in_doubt' END, incarnation = NULL, lease_until = NULL
         WHERE library_id = p_library AND id = (p ->> 'message')::uuid AND state = 'leased' AND incarnation = (p ->> 'incarnation')::uuid;
        RETURN '{"go": false}';
    END IF;
    INSERT INTO dsr.attempt (library_id, id, message_id, n, incarnation)
    VALUES (p_library, (p ->> 'attempt')::uuid, (p ->> 'message')::uuid, tried, (p ->> 'incarnation')::uuid);
    -- By the link in the mail its recipient may stop the reminders.
    INSERT INTO dsr.recipient AS known (library_id, address_hash, token_hash)
    SELECT m.library_id, m.address_hash, decode(p ->> 'unsubscribe_hash', 'hex') FROM dsr.message m
     WHERE m.library_id = p_library AND m.id = (p ->> 'message')::uuid AND p ->> 'unsubscribe_hash' IS NOT NULL
    ON CONFLICT (library_id, address_hash) DO UPDATE SET token_hash = excluded.token_hash
     WHERE known.token_hash IS DISTINCT FROM excluded.token_hash;
    RETURN '{"go": true}';
END
$function$;

ALTER FUNCTION api.mail_begin(integer, jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.mail_begin(integer, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.mail_begin(integer, jsonb) TO dsrd_mailer;
