-- SPDX-License-Identifier: GPL-3.0-or-later
-- Of the calendars [{calendar, until, laws}] those that some open request of any library counts by, without their laws. Asked once a day.
CREATE OR REPLACE FUNCTION api.calendars_in_use(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    one integer;
    used text[] := '{}';
BEGIN
    FOREACH one IN ARRAY dsr.libraries() LOOP
        PERFORM set_config('dsr.library', one::text, true);
        used := used || ARRAY(
            SELECT c.item ->> 'calendar' FROM jsonb_array_elements(p) AS c (item)
             WHERE EXISTS (SELECT FROM dsr.request r WHERE r.library_id = one AND r.state = 'open'
                              AND (r.calendar = c.item ->> 'calendar' OR c.item -> 'laws' ? r.law)));
    END LOOP;
    RETURN (SELECT coalesce(json_agg(c.item - 'laws' ORDER BY c.item ->> 'calendar'), '[]')
              FROM jsonb_array_elements(p) AS c (item) WHERE c.item ->> 'calendar' = ANY (used));
END
$function$;

ALTER FUNCTION api.calendars_in_use(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.calendars_in_use(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.calendars_in_use(jsonb) TO dsrd_api;
