-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether a mailer's key ring {mark, keys: [{id, mark}]} is the one of this database: {same: its look-up key is, conflicts: numbers under which
-- other keys are known here}. Unlike api.ring_state() it writes nothing: only the API tells the database of keys.
CREATE OR REPLACE FUNCTION api.ring_check(p jsonb) RETURNS json
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
SELECT json_build_object('same', NOT EXISTS (SELECT FROM dsr.ring WHERE mark <> p ->> 'mark'), 'conflicts', dsr.ring_conflicts(p -> 'keys'))
$function$;

ALTER FUNCTION api.ring_check(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.ring_check(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.ring_check(jsonb) TO dsrd_mailer;
