-- SPDX-License-Identifier: GPL-3.0-or-later
-- The vendors that owe answers, who owes longest first: how many requests are overdue, since when, how many of them a chaser would name now,
-- and when one went out last. Who took a vendor over owes what that one owed.
CREATE OR REPLACE FUNCTION api.chase_list() RETURNS json
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
SELECT json_build_object('vendors', coalesce(json_agg(json_build_object('vendor', c.vendor, 'name', v.name, 'overdue', c.overdue,
           'since', c.since, 'to_chase', c.to_chase, 'chased', c.chased::date) ORDER BY c.since, c.vendor), '[]'))
  FROM (SELECT coalesce(own.merged_into, own.slug) AS vendor, count(*) AS overdue, min(since) AS since,
               count(*) FILTER (WHERE why_not IS NULL) AS to_chase, max(chased) AS chased
          FROM dsr.chase_requests(NULL) r JOIN dsr.vendor own ON own.library_id = dsr.library() AND own.slug = r.vendor GROUP BY 1) c
  JOIN dsr.vendor v ON v.library_id = dsr.library() AND v.slug = c.vendor
$function$;

ALTER FUNCTION api.chase_list() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.chase_list() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.chase_list() TO dsrd_api;
