-- SPDX-License-Identifier: GPL-3.0-or-later
-- The numbers of keys of a ring [{id, mark}] under which this database knows other keys.
CREATE OR REPLACE FUNCTION dsr.ring_conflicts(p_keys jsonb) RETURNS json
    LANGUAGE sql STABLE
AS $function$
SELECT coalesce(json_agg(r.id ORDER BY r.id), '[]') FROM dsr.ring_key r JOIN jsonb_array_elements(p_keys) k
    ON r.id = (k ->> 'id')::bigint AND r.mark <> k ->> 'mark'
$function$;

ALTER FUNCTION dsr.ring_conflicts(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.ring_conflicts(jsonb) FROM PUBLIC;
