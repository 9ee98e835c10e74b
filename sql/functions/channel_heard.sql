-- SPDX-License-Identifier: GPL-3.0-or-later
-- Events of a request by which the vendor shows that what came through its channel was read: the channel is proven by the last of them.
CREATE OR REPLACE FUNCTION dsr.channel_heard(p_request bigint, p_events jsonb) RETURNS void
    LANGUAGE plpgsql
AS $function$
DECLARE
    last_on date := (SELECT max((e ->> 'on')::date) FROM jsonb_array_elements(p_events) AS e WHERE dsr.event_is_reply(e ->> 'event'));
BEGIN
    IF last_on IS NOT NULL THEN
        PERFORM dsr.channel_proven(r.vendor, r.channel_id, last_on) FROM dsr.request r
          WHERE r.library_id = dsr.library() AND r.id = p_request AND r.channel_id IS NOT NULL;
    END IF;
END
$function$;

ALTER FUNCTION dsr.channel_heard(bigint, jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.channel_heard(bigint, jsonb) FROM PUBLIC;
