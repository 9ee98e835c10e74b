-- SPDX-License-Identifier: GPL-3.0-or-later
-- Somebody answered a letter to that channel of the vendor.
CREATE OR REPLACE FUNCTION dsr.channel_proven(p_vendor text, p_channel text, p_on date) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
END
$function$;

ALTER FUNCTION dsr.channel_proven(text, text, date) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.channel_proven(text, text, date) FROM PUBLIC;
