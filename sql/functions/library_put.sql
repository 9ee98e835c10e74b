-- SPDX-License-Identifier: GPL-3.0-or-later
-- Makes or updates a library. Called by `dsrd migrate` over the administrator's connection. 22023 for an unknown zone.
CREATE OR REPLACE FUNCTION dsr.library_put(p_id integer, p_name text, p_zone text, p_due_soon_days integer,
                                           p_stale_days integer DEFAULT 365) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM set_config('dsr.library', p_id::text, true);
    PERFORM now() AT TIME ZONE p_zone;
    INSERT INTO dsr.library (id, name, zone, due_soon_days, stale_days)
    VALUES (p_id, p_name, p_zone, p_due_soon_days, p_stale_days)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, zone = excluded.zone, due_soon_days = excluded.due_soon_days,
                                   stale_days = excluded.stale_days;
END
$function$;

ALTER FUNCTION dsr.library_put(integer, text, text, integer, integer) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.library_put(integer, text, text, integer, integer) FROM PUBLIC;
