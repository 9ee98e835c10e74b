-- SPDX-License-Identifier: GPL-3.0-or-later
-- Letters that are sent and of which the request's record does not say so yet, oldest first, each with the request's state.
CREATE OR REPLACE FUNCTION api.letters_unlogged() RETURNS json
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
SELECT coalesce(json_agg(json_build_object('letter', l.id, 'kind', l.kind, 'sent_at', extract(epoch FROM l.sent_at)::bigint,
                                           'state', dsr.request_state_json(r)) ORDER BY l.sent_at, l.id), '[]')
  FROM (SELECT * FROM dsr.letter WHERE library_id = dsr.library() AND state = 'sent' AND NOT logged ORDER BY sent_at LIMIT 20) l
  JOIN dsr.request r ON r.library_id = l.library_id AND r.id = l.request_id
$function$;

ALTER FUNCTION api.letters_unlogged() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.letters_unlogged() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.letters_unlogged() TO dsrd_api;
