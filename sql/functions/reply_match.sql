-- SPDX-License-Identifier: GPL-3.0-or-later
-- Which requests a mail is about {tokens, ids, references, sender_domain}: the surest sign that finds any decides. A token, whoever wrote and to
-- whichever address; the message that it answers or returns; a reference in its subject; and, as a guess, the one open request that was sent
-- to a vendor at the sender's domain. Each is found by index.
CREATE OR REPLACE FUNCTION dsr.reply_match(p jsonb) RETURNS TABLE (request_id bigint, vendor text, channel text, match_by text)
    LANGUAGE plpgsql STABLE
AS $function$
DECLARE
    hashes bytea[] := ARRAY(SELECT decode(value, 'hex') FROM jsonb_array_elements_text(p -> 'tokens') WITH ORDINALITY AS h (value, n) ORDER BY n);
    ids text[] := ARRAY(SELECT value FROM jsonb_array_elements_text(p -> 'ids') AS i (value));
    refs text[] := ARRAY(SELECT value FROM jsonb_array_elements_text(p -> 'references') AS f (value));
    domains text[];
    one bytea;
BEGIN
    -- The first of its tokens that is known: a mail answers one letter, even if it quotes others.
    SELECT t.hash INTO one FROM dsr.reply_token t WHERE t.library_id = dsr.library() AND t.hash = ANY (hashes) ORDER BY array_position(hashes, t.hash) LIMIT 1;
    RETURN QUERY SELECT t.request_id, t.vendor::text, t.channel::text, 'token' FROM dsr.reply_token t WHERE t.library_id = dsr.library() AND t.hash = one;
    IF FOUND THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT DISTINCT t.request_id, t.vendor::text, t.channel::text, 'in_reply_to'
                   FROM dsr.reply_token t WHERE t.library_id = dsr.library() AND t.message_id = ANY (ids);
    IF FOUND THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT r.id, r.vendor::text, r.channel_id::text, 'reference' FROM dsr.request r WHERE r.library_id = dsr.library() AND r.ref = ANY (refs);
    IF FOUND OR p ->> 'sender_domain' IS NULL THEN
        RETURN;
    END IF;
    -- privacy.acme.com is at acme.com; the last label alone is nobody's.
    SELECT array_agg(array_to_string(labels[n:], '.')) INTO domains
      FROM string_to_array(p ->> 'sender_domain', '.') AS s (labels), generate_series(1, cardinality(labels) - 1) AS n;
    RETURN QUERY SELECT min(r.id), min(r.vendor::text), NULL::text, 'domain'
                   FROM dsr.request r
                  WHERE r.library_id = dsr.library() AND r.state = 'open'
                    AND r.vendor IN (SELECT v.vendor FROM dsr.vendor_domain v WHERE v.library_id = dsr.library() AND v.domain = ANY (domains))
                 HAVING count(*) = 1;
END
$function$;

ALTER FUNCTION dsr.reply_match(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.reply_match(jsonb) FROM PUBLIC;
