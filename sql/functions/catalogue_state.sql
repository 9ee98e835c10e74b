-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether the laws and calendars of this daemon are those an operator has applied: {applied: hash|null, same: bool}.
CREATE OR REPLACE FUNCTION api.catalogue_state(p_hash text) RETURNS json
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
SELECT json_build_object('applied', (SELECT hash FROM dsr.catalogue),
                         'same', EXISTS (SELECT FROM dsr.catalogue WHERE hash = p_hash))
$function$;

ALTER FUNCTION api.catalogue_state(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.catalogue_state(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.catalogue_state(text) TO dsrd_api;
