-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether a request that ended so was given up, or stands under another reference: nothing follows it, neither a letter nor time to use. Null
-- while it has not ended.
CREATE OR REPLACE FUNCTION dsr.given_up(p_outcome text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $function$
SELECT p_outcome IN ('withdrawn', 'abandoned', 'duplicate')
$function$;

ALTER FUNCTION dsr.given_up(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.given_up(text) FROM PUBLIC;
