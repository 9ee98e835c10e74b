-- SPDX-License-Identifier: GPL-3.0-or-later
-- Puts the clocks of one open request {library, ref, version, clocks, received, received_assumed, reminders, events, catalogue} as the laws now in
-- force have them. DS40R when the request was changed meanwhile.
CREATE OR REPLACE FUNCTION api.catalogue_move(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    r dsr.request;
BEGIN
    IF NOT dsr.has_role('operator') THEN
        PERFORM dsr.raise_error('403', '', 'Only an operator applies laws.');
    END IF;
    PERFORM dsr.catalogue_check(p);
    IF (p ->> 'library')::int <> dsr.library() THEN -- of another library: moved by dsrd itself, its operator has no account there
        PERFORM set_config('dsr.library', p ->> 'library', true), set_config('dsr.account', '', true), set_config('dsr.subject', '', true);
    END IF;
    UPDATE dsr.request SET version = version + 1, received = (p ->> 'received')::date, received_assumed = (p ->> 'received_assumed')::boolean
     WHERE library_id = dsr.library() AND ref = p ->> 'ref' AND version = (p ->> 'version')::bigint AND state = 'open'
    RETURNING * INTO r;
    IF r.id IS NULL THEN
        PERFORM dsr.raise_error('40R', 'version', 'The request was changed meanwhile.');
    END IF;
    PERFORM dsr.events_add(r.id, p -> 'events');
    PERFORM dsr.clocks_replace(r.id, p -> 'clocks', NULL);
    r := dsr.request_summarise(r.id);
    PERFORM dsr.reminders_replace(r, p -> 'reminders');
    RETURN json_build_object('ref', r.ref, 'version', r.version);
END
$function$;

ALTER FUNCTION api.catalogue_move(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.catalogue_move(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.catalogue_move(jsonb) TO dsrd_api;
