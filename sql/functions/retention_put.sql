-- SPDX-License-Identifier: GPL-3.0-or-later
-- For how many days each class is kept, as dsrd.conf says {class: days}. A change is audited: it decides what is destroyed.
CREATE OR REPLACE FUNCTION api.retention_put(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    changed jsonb;
BEGIN
    WITH written AS (
        INSERT INTO dsr.retention AS k (library_id, class, days)
        SELECT dsr.library(), key, value::int FROM jsonb_each_text(p) ORDER BY key
        ON CONFLICT (library_id, class) DO UPDATE SET days = excluded.days WHERE k.days <> excluded.days
        RETURNING k.class, k.days)
    SELECT jsonb_object_agg(class, days) INTO changed FROM written;
    IF changed IS NOT NULL THEN
        PERFORM dsr.audit_add('retention', NULL, changed);
    END IF;
    RETURN coalesce(changed, '{}');
END
$function$;

ALTER FUNCTION api.retention_put(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.retention_put(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.retention_put(jsonb) TO dsrd_api;
