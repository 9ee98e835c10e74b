-- SPDX-License-Identifier: GPL-3.0-or-later
-- What an operator or a load balancer asks. Counts only, of all libraries together. `standstill` holds reminders or mail when these
-- stand still (dsr.standstill).
CREATE OR REPLACE FUNCTION api.health() RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    one integer;
    here record;
    first_name text;
    first_zone text;
    queued bigint := 0;
    failed bigint := 0;
    in_doubt bigint := 0;
    oldest timestamptz;
    due_since timestamptz;
    looked timestamptz;
    still jsonb := '[]';
    ids integer[] := dsr.libraries();
BEGIN
    FOREACH one IN ARRAY ids LOOP
        PERFORM set_config('dsr.library', one::text, true);
        SELECT * INTO here FROM dsr.mail_counts();
        queued := queued + here.queued;
        failed := failed + here.failed;
        in_doubt := in_doubt + here.in_doubt;
        oldest := least(oldest, here.oldest);
        due_since := least(due_since, here.due_since);
        looked := least(looked, (SELECT looked_at FROM dsr.look WHERE library_id = one));
        still := still || dsr.standstill(here.due_since);
        IF first_name IS NULL THEN
            SELECT name, zone INTO first_name, first_zone FROM dsr.library WHERE id = one;
        END IF;
    END LOOP;
    RETURN json_build_object(
        'schema_version', (SELECT max(version) FROM dsr.schema_version), 'serves_from', dsr.serves_from(),
        'library', first_name, 'zone', first_zone, 'libraries', cardinality(ids),
        'standstill', (SELECT coalesce(json_agg(DISTINCT each ->> 'what'), '[]') FROM jsonb_array_elements(still) each),
        'looked_s', greatest(extract(epoch FROM now() - looked)::bigint, 0),
        'mail', json_build_object('queued', queued, 'failed', failed, 'in_doubt', in_doubt,
                                  'mailers', (SELECT count(*) FROM dsr.mailer WHERE seen_at BETWEEN now() - interval '1 minute' AND now()),
                                  'oldest_due_s', coalesce(extract(epoch FROM now() - due_since)::bigint, 0),
                                  'oldest_queued_s', coalesce(extract(epoch FROM now() - oldest)::bigint, 0)));
END
$function$;

ALTER FUNCTION api.health() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.health() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.health() TO dsrd_api;
