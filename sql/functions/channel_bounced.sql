-- SPDX-License-Identifier: GPL-3.0-or-later
-- A letter to that channel of the vendor came back.
CREATE OR REPLACE FUNCTION dsr.channel_bounced(p_vendor text, p_channel text, p_on date, p_hard boolean) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
END
$function$;

ALTER FUNCTION dsr.channel_bounced(text, text, date, boolean) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.channel_bounced(text, text, date, boolean) FROM PUBLIC;
