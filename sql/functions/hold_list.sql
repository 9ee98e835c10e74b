-- SPDX-License-Identifier: GPL-3.0-or-later
-- The holds, those in force first, then by their end. For officers.
CREATE OR REPLACE FUNCTION api.hold_list() RETURNS json
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
SELECT json_build_object('holds', coalesce(json_agg(dsr.hold_json(id) ORDER BY NOT dsr.hold_is_in_force(h), until, id), '[]'))
  FROM dsr.hold h WHERE library_id = dsr.library()
$function$;

ALTER FUNCTION api.hold_list() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.hold_list() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.hold_list() TO dsrd_api;
