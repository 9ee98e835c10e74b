-- SPDX-License-Identifier: GPL-3.0-or-later
-- Writes down a mail for one request (null: for none), as the proposal it is. What could not be recorded is not proposed: nothing on a request that
-- is closed or was never sent, no second acknowledgement. What asks for nothing is only noted.
CREATE OR REPLACE FUNCTION dsr.reply_put(p jsonb, p_request bigint, p_vendor text, p_channel text, p_match_by text) RETURNS void
    LANGUAGE plpgsql
AS $function$
DECLARE
    r dsr.request;
    kind text := p ->> 'kind';
    proposed text := p ->> 'event';
    new_state text;
BEGIN
    SELECT * INTO r FROM dsr.request WHERE library_id = dsr.library() AND id = p_request;
    -- A machine may answer before it stands on the request that its letter went out: what answers that letter says so itself.
    IF r.state IS NULL OR r.state = 'closed' OR (r.state = 'draft' AND p_match_by NOT IN ('token', 'in_reply_to')) OR (proposed = 'acknowledged' AND EXISTS (
           SELECT FROM dsr.event e WHERE e.library_id = r.library_id AND e.request_id = r.id AND e.event = 'acknowledged' AND e.voided_at IS NULL)) THEN
        proposed := NULL;
    END IF;
    new_state := CASE WHEN p_request IS NULL OR p_match_by = 'domain' THEN 'pen'
                      WHEN kind IN ('report', 'out_of_office') OR (kind = 'auto_ack' AND proposed IS NULL) THEN 'noted' ELSE 'proposed' END;
    INSERT INTO dsr.reply (library_id, sha256, came_at, size, cut, sender_domain, media_types, kind, event, match_by, request_id, vendor, channel, state, text)
    VALUES (dsr.library(), decode(p ->> 'sha256', 'hex'), least(coalesce((p ->> 'came_at')::timestamptz, now()), now()), (p ->> 'size')::bigint,
            coalesce((p ->> 'cut')::boolean, false), p ->> 'sender_domain', ARRAY(SELECT jsonb_array_elements_text(p -> 'media_types')), kind, proposed,
            coalesce(p_match_by, 'none'), p_request, p_vendor, p_channel, new_state, decode(p ->> 'text', 'base64'));
    -- Only a token proves that it was our letter that came back, or that was read: once, however many requests it was about.
    IF EXISTS (SELECT FROM dsr.reply WHERE library_id = dsr.library() AND sha256 = decode(p ->> 'sha256', 'hex') AND request_id <> p_request) THEN
        NULL;
    ELSIF p_match_by = 'token' AND kind IN ('bounce_hard', 'bounce_soft') THEN
        PERFORM dsr.channel_bounced(p_vendor, p_channel, dsr.today(), kind = 'bounce_hard');
    ELSIF p_match_by = 'token' AND kind IN ('answer', 'auto_ack') THEN
        PERFORM dsr.channel_proven(p_vendor, p_channel, dsr.today());
    END IF;
    IF new_state = 'proposed' AND kind <> 'auto_ack' THEN
        PERFORM dsr.reply_tell(p_request, CASE WHEN kind LIKE 'bounce%' THEN 'bounced' ELSE 'replied' END);
    END IF;
END
$function$;

ALTER FUNCTION dsr.reply_put(jsonb, bigint, text, text, text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.reply_put(jsonb, bigint, text, text, text) FROM PUBLIC;
