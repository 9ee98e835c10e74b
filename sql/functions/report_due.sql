-- SPDX-License-Identifier: GPL-3.0-or-later
-- The oldest quarter that is to be closed {close_days, now: of the dsrd that asks} and whose tables are not made yet: {from, vendors, rights, facts}, as
-- published_tables() of dsrd takes them; null when there is none, or while the time is in doubt
-- (dsr.time_doubt), for a table that is made stays. A patron is a number that means nothing outside this answer; -1: purged. Overdue as in
-- dsr.report.
CREATE OR REPLACE FUNCTION api.report_due(p jsonb) RETURNS json
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    wait int := (p ->> 'close_days')::int;
    q date;
BEGIN
    IF dsr.time_doubt((p ->> 'now')::bigint) IS NOT NULL THEN
        RETURN NULL;
    END IF;
    SELECT s::date INTO q
      FROM generate_series(date_trunc('quarter', least(
                 (SELECT min(sort_sent) FROM dsr.request WHERE library_id = dsr.library() AND sort_sent < 'infinity'),
                 (SELECT min(sent_month) FROM dsr.tombstone WHERE library_id = dsr.library()))),
                           dsr.today()::timestamp, interval '3 months') s
     WHERE dsr.quarter_closes(s::date, wait) <= dsr.today()
       AND NOT EXISTS (SELECT FROM dsr.report_snapshot WHERE library_id = dsr.library() AND quarter = s::date)
       AND dsr.quarter_has_requests(s::date, wait)
     ORDER BY 1 LIMIT 1;
    IF q IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN (
        WITH vendors AS (
            SELECT slug::text AS name, row_number() OVER (ORDER BY slug COLLATE "C") - 1 AS n
              FROM dsr.vendor WHERE library_id = dsr.library()
        ), rights AS (
            SELECT name, n - 1 AS n
              FROM unnest(ARRAY['access', 'adm', 'complaint', 'correction', 'deletion', 'limit_sensitive', 'opt_out', 'portability',
                                'restrict_object', 'third_party_list']) WITH ORDINALITY AS words (name, n)
        ), facts AS MATERIALIZED ( -- once, whatever is known of how many there are: a large import was counted just now
            SELECT * FROM dsr.request_facts() WHERE sent_on >= q AND sent_on < q + interval '3 months'
        ), counted AS (
            SELECT dense_rank() OVER (ORDER BY r.subject_id) AS patron, f.vendor, f."right", f.extended, f.to_answer, f.denied,
                   coalesce(dsr.is_overdue(f.status) OR f.outcome = 'no_answer', false) AS overdue
              FROM dsr.quarter_requests(q, wait) r JOIN facts f ON f.id = r.id
            UNION ALL -- whose it was is not known any more
            SELECT -1, vendor, "right", extended, to_answer, denied, coalesce(outcome = 'no_answer', false) FROM dsr.tombstone
             WHERE library_id = dsr.library() AND outcome IS DISTINCT FROM 'duplicate' AND sent_month >= q AND sent_month < q + interval '3 months'
        )
        SELECT json_build_object('from', q, 'vendors', (SELECT json_agg(name ORDER BY n) FROM vendors),
            'rights', (SELECT json_agg(name ORDER BY n) FROM rights),
            'facts', (SELECT json_agg(json_build_array(c.patron, v.n, g.n,
                          CASE WHEN c.denied THEN 1 WHEN c.to_answer IS NOT NULL THEN 0 WHEN c.overdue THEN 2 ELSE 3 END,
                          c.extended::int, coalesce(greatest(c.to_answer, 0), -1)))
                        FROM counted c JOIN vendors v ON v.name = c.vendor JOIN rights g ON g.name = c."right")));
END
$function$;

ALTER FUNCTION api.report_due(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.report_due(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.report_due(jsonb) TO dsrd_api;
