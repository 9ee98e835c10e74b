-- SPDX-License-Identifier: GPL-3.0-or-later
-- Compares a daemon's key ring {keys: [{id, mark, starts, ends}], now: by its clock} with the keys this database has seen, and notes new ones:
-- {conflicts: ids of other keys with the same number, missing: ids in use elsewhere, or before, that the ring lacks, newest: the highest
-- number known, doubt: dsr.time_doubt}.
CREATE OR REPLACE FUNCTION api.ring_state(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    added text;
BEGIN
    WITH given AS (
        SELECT (k ->> 'id')::bigint AS id, k ->> 'mark' AS mark, to_timestamp((k ->> 'starts')::bigint) AS starts,
               coalesce(to_timestamp((k ->> 'ends')::bigint), 'infinity') AS ends
          FROM jsonb_array_elements(p -> 'keys') k
    ), written AS (
        -- A key's time is only ever made shorter; a ring that was not copied yet says nothing new.
        INSERT INTO dsr.ring_key AS r (id, mark, starts_at, ends_at) SELECT id, mark, starts, ends FROM given
        ON CONFLICT (id) DO UPDATE SET starts_at = least(r.starts_at, excluded.starts_at), ends_at = least(r.ends_at, excluded.ends_at)
         WHERE r.mark = excluded.mark AND (r.starts_at > excluded.starts_at OR r.ends_at > excluded.ends_at)
        RETURNING r.id, r.seen_at = now() AS is_new
    )
    SELECT dsr.number_list(array_agg(id) FILTER (WHERE is_new)) INTO added FROM written;
    IF added IS NOT NULL THEN
        PERFORM set_config('dsr.library', '0', true); -- keys belong to no library
        PERFORM dsr.audit_add('keys_added', added);
    END IF;
    RETURN json_build_object(
        'doubt', dsr.time_doubt((p ->> 'now')::bigint),
        'newest', (SELECT max(id) FROM dsr.ring_key),
        'conflicts', dsr.ring_conflicts(p -> 'keys'),
        'missing', (SELECT coalesce(json_agg(r.id ORDER BY r.id), '[]') FROM dsr.ring_key r
                     WHERE r.destroyed_at IS NULL AND r.starts_at <= now()
                       AND NOT EXISTS (SELECT FROM jsonb_array_elements(p -> 'keys') k WHERE (k ->> 'id')::bigint = r.id)));
END
$function$;

ALTER FUNCTION api.ring_state(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.ring_state(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.ring_state(jsonb) TO dsrd_api;
