-- SPDX-License-Identifier: GPL-3.0-or-later
-- Takes away a batch of what is over {limit (200), daily, now: of the dsrd that asks}: {requests, mails, subjects, holds, more}. Each call is whole in itself, so
-- that a purge broken off goes on with the next one. `daily` is dsrd's own, once a day: nothing to do once that day's is finished, or
-- while another dsrd is at it. An officer's waits for that one. No hold is set meanwhile, so nothing goes that was held before its batch
-- began; nor are reminders gathered. While the time is in doubt (dsr.time_doubt) nothing goes: dsrd's own waits, an officer's is refused.
CREATE OR REPLACE FUNCTION api.purge(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    at_most int := coalesce((p ->> 'limit')::int, 200);
    daily boolean := coalesce((p ->> 'daily')::boolean, false);
    requests bigint[];
    taken jsonb;
    rest jsonb;
    classes jsonb;
    more boolean;
    doubt text := dsr.time_doubt((p ->> 'now')::bigint);
BEGIN
    IF doubt IS NOT NULL AND NOT daily THEN
        PERFORM dsr.raise_error('409', '', 'The clock is in doubt, so nothing is purged: an operator looks at it with `dsrd time`.');
    ELSIF doubt IS NOT NULL THEN
        RETURN '{"requests": 0, "mails": 0, "subjects": 0, "holds": 0, "more": false}';
    END IF;
    IF daily AND EXISTS (SELECT FROM dsr.purge_day WHERE library_id = dsr.library() AND done_on = dsr.today()) THEN
        RETURN '{"requests": 0, "mails": 0, "subjects": 0, "holds": 0, "more": false}';
    ELSIF daily AND NOT pg_try_advisory_xact_lock(hashtextextended('dsr.purge', dsr.library())) THEN
        RETURN '{"requests": 0, "mails": 0, "subjects": 0, "holds": 0, "more": false}';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('dsr.purge', dsr.library()));
    PERFORM pg_advisory_xact_lock(hashtextextended('dsr.gather', dsr.library()));
    requests := ARRAY(SELECT o.id FROM dsr.requests_over() o LIMIT at_most);
    more := cardinality(requests) = at_most;
    -- Who works on one at this moment keeps it: locked first, then looked at again, since it may have been opened.
    requests := ARRAY(SELECT id FROM dsr.request WHERE library_id = dsr.library() AND id = ANY (requests)
                       ORDER BY id FOR UPDATE SKIP LOCKED);
    requests := ARRAY(SELECT r.id FROM dsr.request r WHERE r.library_id = dsr.library() AND r.id = ANY (requests)
                         AND dsr.kept_until(r) < dsr.today());
    SELECT coalesce(jsonb_object_agg(class, n), '{}') INTO classes
      FROM (SELECT dsr.retention_class(r) AS class, count(*) AS n FROM dsr.request r
             WHERE r.library_id = dsr.library() AND r.id = ANY (requests) GROUP BY 1) counted;
    taken := dsr.purge_requests(requests);
    rest := dsr.purge_rest(at_most);
    more := (more AND cardinality(requests) > 0) OR at_most IN ((rest -> 'mails')::int, (rest -> 'holds')::int, (rest -> 'subjects')::int);
    IF daily AND NOT more THEN
        INSERT INTO dsr.purge_day VALUES (dsr.library(), dsr.today()) ON CONFLICT (library_id) DO UPDATE SET done_on = excluded.done_on;
    END IF;
    taken := jsonb_build_object('requests', taken -> 'requests', 'mails', (taken -> 'mails')::int + (rest -> 'mails')::int,
                                'subjects', (taken -> 'subjects')::int + (rest -> 'subjects')::int, 'holds', rest -> 'holds');
    IF EXISTS (SELECT FROM jsonb_each_text(taken) WHERE value <> '0') THEN
        PERFORM dsr.audit_add('purge', NULL, taken || jsonb_build_object('classes', classes));
    END IF;
    RETURN taken || jsonb_build_object('more', more);
END
$function$;

ALTER FUNCTION api.purge(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.purge(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.purge(jsonb) TO dsrd_api;
