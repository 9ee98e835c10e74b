-- SPDX-License-Identifier: GPL-3.0-or-later
-- The requests that count for the quarter that begins on p_from: sent in it, no duplicate, and recorded before it was closed; those recorded later never
-- count, so that nothing changes what was published.
CREATE OR REPLACE FUNCTION dsr.quarter_requests(p_from date, p_days integer) RETURNS SETOF dsr.request
    LANGUAGE sql STABLE
AS $function$
SELECT r.* FROM dsr.request r
 WHERE r.library_id = dsr.library() AND r.sort_sent >= p_from AND r.sort_sent < (p_from + interval '3 months')::date AND r.state <> 'draft'
   AND r.outcome IS DISTINCT FROM 'duplicate'
   AND r.created_at < dsr.quarter_closes(p_from, p_days)::timestamp AT TIME ZONE (SELECT zone FROM dsr.library WHERE id = dsr.library())
$function$;

ALTER FUNCTION dsr.quarter_requests(date, integer) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.quarter_requests(date, integer) FROM PUBLIC;
