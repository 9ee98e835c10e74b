-- SPDX-License-Identifier: GPL-3.0-or-later
-- Stores what was read of a mail in the mailbox of p_library {sha256, size, came_at, kind, event, sender_domain, media_types, tokens, ids, references, cut, text; source,
-- uidvalidity, uid}: finds its requests, and moves the mark of the folder, all in one transaction. The same mail again changes nothing but the
-- mark. {known, matched, state}
CREATE OR REPLACE FUNCTION api.inbox_store(p_library integer, p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    hash bytea := decode(p ->> 'sha256', 'hex');
    libraries integer[] := p_library || array_remove(dsr.libraries(), p_library);
    home integer := p_library;
    found record;
    matched integer := 0;
    known boolean := false;
BEGIN
    PERFORM dsr.gate_pass();
    PERFORM pg_advisory_xact_lock(hashtextextended('dsr.inbox', p_library)); -- two readers at once would both find it new
    FOREACH home IN ARRAY libraries LOOP
        PERFORM set_config('dsr.library', home::text, true);
        known := EXISTS (SELECT FROM dsr.reply WHERE library_id = home AND sha256 = hash);
        EXIT WHEN known;
    END LOOP;
    IF NOT known THEN
        -- All libraries' letters name one mailbox: what is about a letter or request of one is that library's.
        FOREACH home IN ARRAY libraries LOOP
            PERFORM set_config('dsr.library', home::text, true);
            FOR found IN SELECT * FROM dsr.reply_match(p) m WHERE m.match_by <> 'domain' LOOP
                PERFORM dsr.reply_put(p, found.request_id, found.vendor, found.channel, found.match_by);
                matched := matched + 1;
            END LOOP;
            EXIT WHEN matched > 0;
        END LOOP;
    END IF;
    IF NOT known AND matched = 0 THEN -- a guess, or for the pen of the mailbox's own library
        home := p_library;
        PERFORM set_config('dsr.library', home::text, true);
        FOR found IN SELECT * FROM dsr.reply_match(p) LOOP
            PERFORM dsr.reply_put(p, found.request_id, found.vendor, found.channel, found.match_by);
            matched := matched + 1;
        END LOOP;
        IF matched = 0 THEN
            PERFORM dsr.reply_put(p, NULL, NULL, NULL, NULL);
        END IF;
    END IF;
    PERFORM set_config('dsr.library', p_library::text, true);
    IF p ->> 'uid' IS NOT NULL THEN
        INSERT INTO dsr.inbox_mark AS m (library_id, source, uidvalidity, uid) VALUES (p_library, p ->> 'source', (p ->> 'uidvalidity')::bigint, (p ->> 'uid')::bigint)
        ON CONFLICT (library_id, source) DO UPDATE SET uidvalidity = excluded.uidvalidity,
            uid = CASE WHEN m.uidvalidity = excluded.uidvalidity THEN greatest(m.uid, excluded.uid) ELSE excluded.uid END;
    END IF;
    PERFORM set_config('dsr.library', home::text, true);
    RETURN json_build_object('known', known, 'matched', matched,
                             'match_by', (SELECT min(match_by) FROM dsr.reply WHERE library_id = home AND sha256 = hash),
                             'state', (SELECT min(state) FROM dsr.reply WHERE library_id = home AND sha256 = hash));
END
$function$;

ALTER FUNCTION api.inbox_store(integer, jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.inbox_store(integer, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.inbox_store(integer, jsonb) TO dsrd_inbox;
