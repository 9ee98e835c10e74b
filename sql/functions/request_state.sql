-- SPDX-License-Identifier: GPL-3.0-or-later
-- All that is needed to work out a change of a request {ref, idempotency}; {replay} when it was done before. DS404.
CREATE OR REPLACE FUNCTION api.request_state(p jsonb) RETURNS json
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    r dsr.request := dsr.request_find(p ->> 'ref');
    replay json := dsr.idempotency_known(p -> 'idempotency');
BEGIN
    IF replay IS NOT NULL THEN
        RETURN replay;
    END IF;
    RETURN dsr.request_state_json(r);
END
$function$;

ALTER FUNCTION api.request_state(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.request_state(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.request_state(jsonb) TO dsrd_api;
