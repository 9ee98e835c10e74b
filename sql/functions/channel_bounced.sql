-- SPDX-License-Identifier: GPL-3.0-or-later
-- A mail to the channel came back on that day; hard: for good. What came back before the channel was last proven or confirmed does not
-- count. False: there is no such channel.
CREATE OR REPLACE FUNCTION dsr.channel_bounced(p_vendor text, p_channel text, p_on date, p_hard boolean) RETURNS boolean
    LANGUAGE plpgsql
AS $function$
BEGIN
    UPDATE dsr.vendor_channel
       SET bounced_on = greatest(bounced_on, p_on),
           bounces = CASE WHEN p_on < greatest(proven_on, confirmed_on) THEN bounces ELSE least(bounces + 1, 1000) END,
           hard = hard OR (p_hard AND NOT coalesce(p_on < greatest(proven_on, confirmed_on), false))
     WHERE library_id = dsr.library() AND vendor = p_vendor AND channel = p_channel;
    RETURN FOUND;
END
$function$;

ALTER FUNCTION dsr.channel_bounced(text, text, date, boolean) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.channel_bounced(text, text, date, boolean) FROM PUBLIC;
