-- SPDX-License-Identifier: GPL-3.0-or-later
-- Every open request is counted by the laws {hash} in force.
CREATE OR REPLACE FUNCTION api.catalogue_finish(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
BEGIN
    UPDATE dsr.catalogue SET finished = true WHERE hash = p ->> 'hash' AND dsr.has_role('operator');
    RETURN json_build_object('finished', FOUND);
END
$function$;

ALTER FUNCTION api.catalogue_finish(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.catalogue_finish(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.catalogue_finish(jsonb) TO dsrd_api;
