-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a mailer or a reader of answers asks before anything else: {schema_version, serves_from}. The API learns the same from api.health() and
-- api.catalogue_state().
CREATE OR REPLACE FUNCTION api.schema_state() RETURNS json
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
SELECT json_build_object('schema_version', (SELECT max(version) FROM dsr.schema_version), 'serves_from', dsr.serves_from())
$function$;

ALTER FUNCTION api.schema_state() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.schema_state() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.schema_state() TO dsrd_mailer, dsrd_inbox;
