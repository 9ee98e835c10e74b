-- SPDX-License-Identifier: GPL-3.0-or-later
-- Before a daemon destroys keys whose time is over {keys: ids, days: how long after its first use a key lives, now: by the daemon's
-- clock}: those that may go by this
-- server's clock too, so that one wrong clock destroys nothing, and none while the time is in doubt (dsr.time_doubt). Notes it, in the audit log as well; for the same keys again it notes nothing more.
CREATE OR REPLACE FUNCTION api.ring_destroyed(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    due bigint[];
    fresh text;
BEGIN
    SELECT coalesce(array_agg(id ORDER BY id), '{}') INTO due FROM dsr.ring_key
     WHERE dsr.time_doubt((p ->> 'now')::bigint) IS NULL AND id IN (SELECT k::bigint FROM jsonb_array_elements_text(p -> 'keys') k)
       AND greatest(starts_at + make_interval(days => (p ->> 'days')::int), ends_at) <= clock_timestamp();
    WITH noted AS (UPDATE dsr.ring_key SET destroyed_at = now() WHERE id = ANY (due) AND destroyed_at IS NULL RETURNING id)
    SELECT dsr.number_list(array_agg(id)) INTO fresh FROM noted;
    IF fresh IS NOT NULL THEN
        PERFORM set_config('dsr.library', '0', true); -- keys belong to no library
        PERFORM dsr.audit_add('keys_destroyed', fresh);
    END IF;
    RETURN json_build_object('keys', to_json(due));
END
$function$;

ALTER FUNCTION api.ring_destroyed(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.ring_destroyed(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.ring_destroyed(jsonb) TO dsrd_api;
