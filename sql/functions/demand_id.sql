-- SPDX-License-Identifier: GPL-3.0-or-later
-- {id} of a demand: part of the seal of its note. DS404.
CREATE OR REPLACE FUNCTION api.demand_id(p_name text) RETURNS json
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
SELECT json_build_object('id', (dsr.demand_find(p_name)).id)
$function$;

ALTER FUNCTION api.demand_id(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.demand_id(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.demand_id(text) TO dsrd_api;
