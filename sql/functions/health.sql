-- SPDX-License-Identifier: GPL-3.0-or-later
-- What an operator or a load balancer asks. Counts only, of all libraries together.
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
    ids integer[] := dsr.libraries();
BEGIN
    FOREACH one IN ARRAY ids LOOP
        PERFORM set_config('dsr.library', one::text, true);
        SELECT * INTO here FROM dsr.mail_counts();
        queued := queued + here.queued;
        failed := failed + here.failed;
        in_doubt := in_doubt + here.in_doubt;
        oldest := least(oldest, here.oldest);
        IF first_name IS NULL THEN
            SELECT name, zone INTO first_name, first_zone FROM dsr.library WHERE id = one;
        END IF;
    END LOOP;
    RETURN json_build_object(
        'schema_version', (SELECT max(version) FROM dsr.schema_version), 'serves_from', dsr.serves_from(),
        'library', first_name, 'zone', first_zone, 'libraries', cardinality(ids),
        'mail', json_build_object('queued', queued, 'failed', failed, 'in_doubt', in_doubt,
                                  'oldest_queued_s', coalesce(extract(epoch FROM now() - oldest)::bigint, 0)));
END
$function$;

ALTER FUNCTION api.health() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.health() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.health() TO dsrd_api;
