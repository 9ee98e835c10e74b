-- SPDX-License-Identifier: GPL-3.0-or-later
-- The published table of a closed quarter {what: vendors or rights, from: its first day, or the newest without it, close_days, k}. A
-- quarter in which nobody asked looks like one in which too few did. DS404 for a quarter that is not closed.
CREATE OR REPLACE FUNCTION api.report_published(p jsonb) RETURNS json
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    days int := (p ->> 'close_days')::int;
    newest date := (date_trunc('quarter', dsr.today() - days) - interval '3 months')::date;
    q date := coalesce((p ->> 'from')::date, newest);
    kept dsr.report_snapshot;
BEGIN
    SELECT * INTO kept FROM dsr.report_snapshot WHERE library_id = dsr.library() AND quarter = q;
    IF kept.quarter IS NULL AND dsr.quarter_closes(q, days) > dsr.today() THEN
        PERFORM dsr.raise_error('404', 'quarter', 
            format('The tables of %s are made on %s; a table of a quarter that is not closed would tell who asked.',
            to_char(q, 'YYYY"Q"Q'), dsr.quarter_closes(q, days)));
    ELSIF kept.quarter IS NULL AND dsr.quarter_has_requests(q, days) THEN
        PERFORM dsr.raise_error('503', 'quarter',
            format('The tables of %s are being made; ask again in a minute.', to_char(q, 'YYYY"Q"Q')));
    END IF;
    RETURN json_build_object('published', true, 'quarter', to_char(q, 'YYYY"Q"Q'), 'from', q, 'until', (q + interval '3 months')::date - 1,
        'k', coalesce(kept.least, (p ->> 'k')::int), 'rows', coalesce(kept.tables -> (p ->> 'what'), '[]'));
END
$function$;

ALTER FUNCTION api.report_published(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.report_published(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.report_published(jsonb) TO dsrd_api;
