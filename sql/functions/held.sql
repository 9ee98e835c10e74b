-- SPDX-License-Identifier: GPL-3.0-or-later
-- What could be handed over today: each line of dsr.held_lines() with how many there are and the day of the oldest. For officers.
CREATE OR REPLACE FUNCTION api.held() RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    line record;
    n bigint;
    oldest date;
    lines json[] := '{}';
    zone text := (SELECT l.zone FROM dsr.library l WHERE id = dsr.library());
    day text;
    own text;
    mine text := dsr.library()::text;
BEGIN
    -- Statements are put together from constants of that function only.
    FOR line IN SELECT * FROM dsr.held_lines() ORDER BY place LOOP
        SELECT coalesce(max(CASE WHEN atttypid = 'date'::regtype THEN format('min(%I)', attname)
                                 ELSE format('min((%I AT TIME ZONE $1)::date)', attname) END)
                            FILTER (WHERE attname = line.since), 'NULL::date'),
               -- Tables without library_id belong to the database as a whole.
               coalesce(max('library_id = dsr.library()') FILTER (WHERE attname = 'library_id'), 'true')
          INTO day, own FROM pg_attribute WHERE attrelid = ('dsr.' || line.table_name)::regclass;
        PERFORM set_config('dsr.library', coalesce(line.library::text, mine), true);
        EXECUTE format('SELECT count(*), %s FROM dsr.%I WHERE %s AND (%s)', day, line.table_name, own, line.condition)
           INTO n, oldest USING zone;
        PERFORM set_config('dsr.library', mine, true);
        lines := lines || json_build_object('what', line.what, 'table', line.table_name, 'count', n, 'since', oldest,
            'sealed', line.sealed, 'clear', line.clear, 'gone', line.gone);
    END LOOP;
    RETURN json_build_object('on', dsr.today(), 'held', array_to_json(lines));
END
$function$;

ALTER FUNCTION api.held() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.held() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.held() TO dsrd_api;
