-- SPDX-License-Identifier: GPL-3.0-or-later
-- Open requests of every library after {after} (an id), at most {limit}, each with its library and its clocks as last counted: what a
-- change of laws, which are in force for all, may move. For operators; dsrd answers them with references and dates only, and no reference
-- of another library.
CREATE OR REPLACE FUNCTION api.catalogue_requests(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    one integer;
    here jsonb;
    items jsonb := '[]';
BEGIN
    IF NOT dsr.has_role('operator') THEN
        PERFORM dsr.raise_error('403', '', 'Only an operator looks at the laws in force.');
    END IF;
    FOREACH one IN ARRAY dsr.libraries() LOOP
        PERFORM set_config('dsr.library', one::text, true);
        SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'id', o.id, 'library', one, 'state', dsr.request_state_json(o),
                   'clocks', (SELECT coalesce(jsonb_agg(jsonb_build_object('clock', c.clock, 'state', c.state, 'due', c.due,
                                         'earliest', c.earliest, 'latest', c.latest, 'law_hash', c.law_hash) ORDER BY c.n), '[]')
                                FROM dsr.clock c WHERE c.library_id = o.library_id AND c.request_id = o.id))), '[]') INTO here
          FROM (SELECT * FROM dsr.request r
                 WHERE r.library_id = one AND r.id > coalesce((p ->> 'after')::bigint, 0) AND r.state = 'open'
                 ORDER BY r.id LIMIT (p ->> 'limit')::int) o;
        items := items || here;
    END LOOP;
    RETURN json_build_object('applied', (SELECT hash FROM dsr.catalogue), 'items',
        (SELECT coalesce(json_agg(item ORDER BY (item ->> 'id')::bigint), '[]')
           FROM (SELECT item FROM jsonb_array_elements(items) item ORDER BY (item ->> 'id')::bigint LIMIT (p ->> 'limit')::int) page));
END
$function$;

ALTER FUNCTION api.catalogue_requests(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.catalogue_requests(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.catalogue_requests(jsonb) TO dsrd_api;
