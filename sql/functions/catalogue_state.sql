-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether the laws and calendars of this daemon {catalogue, ring} are those an operator has applied, and its key ring the one that seals this
-- database: {applied: hash|null, same, finished, ring: bool}; which libraries there are, {libraries: [{id, name, zone, contact}]}; and whom
-- this schema serves, {schema_version, serves_from}: it may be brought to a newer version while dsrd runs.
CREATE OR REPLACE FUNCTION api.catalogue_state(p jsonb) RETURNS json
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
SELECT json_build_object('applied', (SELECT hash FROM dsr.catalogue),
                         'finished', coalesce((SELECT finished FROM dsr.catalogue), true),
                         'same', EXISTS (SELECT FROM dsr.catalogue WHERE hash = p ->> 'catalogue'), 'ring', dsr.ring_claim(p ->> 'ring'),
                         'libraries', dsr.libraries_json(),
                         'schema_version', (SELECT max(version) FROM dsr.schema_version), 'serves_from', dsr.serves_from())
$function$;

ALTER FUNCTION api.catalogue_state(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.catalogue_state(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.catalogue_state(jsonb) TO dsrd_api;
