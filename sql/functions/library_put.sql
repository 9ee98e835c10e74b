-- SPDX-License-Identifier: GPL-3.0-or-later
-- Makes or updates a library; a contact of null leaves the one it has. Called by `dsrd migrate` and `dsrd library` over the
-- administrator's connection. 22023 for an unknown zone.
DROP FUNCTION IF EXISTS dsr.library_put(integer, text, text, integer);
CREATE OR REPLACE FUNCTION dsr.library_put(p_id integer, p_name text, p_zone text, p_due_soon_days integer, p_contact text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM set_config('dsr.library', p_id::text, true);
    PERFORM now() AT TIME ZONE p_zone;
    INSERT INTO dsr.library AS l (id, name, zone, due_soon_days, contact) VALUES (p_id, p_name, p_zone, p_due_soon_days, p_contact)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, zone = excluded.zone, due_soon_days = excluded.due_soon_days,
                                   contact = coalesce(excluded.contact, l.contact);
    -- From here on it is late when nobody looks for what falls due (dsr.standstill).
    INSERT INTO dsr.look (library_id, looked_at, every) VALUES (p_id, now(), '30 seconds') ON CONFLICT DO NOTHING;
    NOTIFY dsr, 'library';
END
$function$;

ALTER FUNCTION dsr.library_put(integer, text, text, integer, text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.library_put(integer, text, text, integer, text) FROM PUBLIC;
