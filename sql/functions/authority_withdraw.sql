-- SPDX-License-Identifier: GPL-3.0-or-later
-- Withdraws an authority {alias, authority (null: all that are not yet), on}; what rests on it alone is stopped at once. For staff and the
-- person itself. `stopped`: how many requests that are not closed have lost their last one. DS404, DS409, DS422.
CREATE OR REPLACE FUNCTION api.authority_withdraw(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    s dsr.subject := dsr.subject_of_alias(p ->> 'alias');
    chosen integer := (p ->> 'authority')::int;
    day date := coalesce((p ->> 'on')::date, dsr.today());
    stopped_before integer;
    withdrawn integer[];
BEGIN
    PERFORM dsr.gather_wait();
    PERFORM dsr.subject_lock(s.id);
    IF day > dsr.today() THEN
        PERFORM dsr.raise_error('422', 'on', 'An authority cannot be withdrawn after today; one that ends later has a last day (until).');
    ELSIF EXISTS (SELECT FROM dsr.authority WHERE library_id = s.library_id AND subject_id = s.id AND n = coalesce(chosen, n)
                     AND withdrawn_on IS NULL AND given_on > day) THEN
        PERFORM dsr.raise_error('422', 'on', 'The authority was given after that day.');
    ELSIF chosen IS NOT NULL AND NOT EXISTS (
            SELECT FROM dsr.authority WHERE library_id = s.library_id AND subject_id = s.id AND n = chosen) THEN
        PERFORM dsr.raise_error('404', 'n', format('%s has no authority %s; `dsr authority list %s` shows them.',
                                                s.alias, chosen, s.alias));
    END IF;
    SELECT count(*) INTO stopped_before FROM dsr.request
     WHERE library_id = s.library_id AND subject_id = s.id AND authority_ended IS NOT NULL AND state <> 'closed';
    WITH done AS (
        UPDATE dsr.authority SET withdrawn_on = day, withdrawn_at = now(), withdrawn_by = dsr.me()
         WHERE library_id = s.library_id AND subject_id = s.id AND n = coalesce(chosen, n) AND withdrawn_on IS NULL
        RETURNING n)
    SELECT array_agg(n ORDER BY n) INTO withdrawn FROM done;
    IF withdrawn IS NULL THEN
        PERFORM dsr.raise_error('409', 'n', CASE WHEN chosen IS NULL THEN format('%s has no authority that could be withdrawn.', s.alias)
                                                 ELSE 'This authority has been withdrawn before.' END);
    END IF;
    UPDATE dsr.subject SET version = version + 1 WHERE library_id = s.library_id AND id = s.id;
    PERFORM dsr.authority_settle(s.id);
    PERFORM dsr.audit_add('authority_withdraw', s.alias, jsonb_build_object('n', withdrawn));
    RETURN json_build_object('subject', s.alias, 'withdrawn', withdrawn, 'on', day, 'stopped',
        (SELECT count(*) FROM dsr.request
          WHERE library_id = s.library_id AND subject_id = s.id AND authority_ended IS NOT NULL AND state <> 'closed') - stopped_before);
END
$function$;

ALTER FUNCTION api.authority_withdraw(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.authority_withdraw(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.authority_withdraw(jsonb) TO dsrd_api;
