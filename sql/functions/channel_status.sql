-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a channel is worth today: bouncing, stale (nobody has seen, confirmed or had an answer from it for `vendors.stale_days`), or ok.
-- The only place that says so; dsr.vendor_trouble() asks the same of the indexes.
CREATE OR REPLACE FUNCTION dsr.channel_status(p_channel dsr.vendor_channel, p_today date, p_stale_days integer) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $function$
SELECT CASE WHEN p_channel.bouncing THEN 'bouncing' WHEN p_channel.fresh_on < p_today - p_stale_days THEN 'stale' ELSE 'ok' END
$function$;

ALTER FUNCTION dsr.channel_status(dsr.vendor_channel, date, integer) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.channel_status(dsr.vendor_channel, date, integer) FROM PUBLIC;
