-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether anything counts for the quarter that begins on p_from, purged or not.
CREATE OR REPLACE FUNCTION dsr.quarter_has_requests(p_from date, p_days integer) RETURNS boolean
    LANGUAGE sql STABLE
AS $function$
SELECT EXISTS (SELECT FROM dsr.quarter_requests(p_from, p_days))
    OR EXISTS (SELECT FROM dsr.tombstone
                WHERE library_id = dsr.library() AND outcome IS DISTINCT FROM 'duplicate' AND sent_month >= p_from AND sent_month < p_from + interval '3 months')
$function$;

ALTER FUNCTION dsr.quarter_has_requests(date, integer) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.quarter_has_requests(date, integer) FROM PUBLIC;
