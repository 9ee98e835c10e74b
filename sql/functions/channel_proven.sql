-- SPDX-License-Identifier: GPL-3.0-or-later
-- An answer of that day shows that the channel is read: what bounced before it does not count any more. False: there is no such channel.
CREATE OR REPLACE FUNCTION dsr.channel_proven(p_vendor text, p_channel text, p_on date) RETURNS boolean
    LANGUAGE plpgsql
AS $function$
BEGIN
    UPDATE dsr.vendor_channel
       SET proven_on = greatest(proven_on, p_on),
           bounces = CASE WHEN bounced_on > p_on THEN bounces ELSE 0 END,
           hard = hard AND coalesce(bounced_on > p_on, false)
     WHERE library_id = dsr.library() AND vendor = p_vendor AND channel = p_channel;
    RETURN FOUND;
END
$function$;

ALTER FUNCTION dsr.channel_proven(text, text, date) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.channel_proven(text, text, date) FROM PUBLIC;
