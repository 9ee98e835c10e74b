-- SPDX-License-Identifier: GPL-3.0-or-later
-- Open requests after {after} (an id), at most {limit}, each with its clocks as last counted: what a change of laws may move. For operators;
-- dsrd answers them with references and dates only.
CREATE OR REPLACE FUNCTION api.catalogue_requests(p jsonb) RETURNS json
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
BEGIN
    IF NOT dsr.has_role('operator') THEN
        PERFORM dsr.raise_error('403', '', 'Only an operator looks at the laws in force.');
    END IF;
    RETURN (SELECT json_build_object('applied', (SELECT hash FROM dsr.catalogue), 'items', coalesce(json_agg(json_build_object(
                       'id', o.id, 'state', dsr.request_state_json(o),
                       'clocks', (SELECT coalesce(json_agg(json_build_object('clock', c.clock, 'state', c.state, 'due', c.due,
                                             'earliest', c.earliest, 'latest', c.latest, 'law_hash', c.law_hash) ORDER BY c.n), '[]')
                                    FROM dsr.clock c WHERE c.library_id = o.library_id AND c.request_id = o.id)) ORDER BY o.id), '[]'))
              FROM (SELECT * FROM dsr.request r
                     WHERE r.library_id = dsr.library() AND r.id > coalesce((p ->> 'after')::bigint, 0) AND r.state = 'open'
                     ORDER BY r.id LIMIT (p ->> 'limit')::int) o);
END
$function$;

ALTER FUNCTION api.catalogue_requests(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.catalogue_requests(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.catalogue_requests(jsonb) TO dsrd_api;
