-- SPDX-License-Identifier: GPL-3.0-or-later
-- Of the calendars [{calendar, until, laws}] those that some open request counts by, without their laws. Asked once a day.
CREATE OR REPLACE FUNCTION api.calendars_in_use(p jsonb) RETURNS json
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
SELECT coalesce(json_agg(c.item - 'laws' ORDER BY c.item ->> 'calendar'), '[]')
  FROM jsonb_array_elements(p) AS c (item)
 WHERE EXISTS (SELECT FROM dsr.request r WHERE r.library_id = dsr.library() AND r.state = 'open'
                  AND (r.calendar = c.item ->> 'calendar' OR c.item -> 'laws' ? r.law))
$function$;

ALTER FUNCTION api.calendars_in_use(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.calendars_in_use(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.calendars_in_use(jsonb) TO dsrd_api;
