-- SPDX-License-Identifier: GPL-3.0-or-later
-- What dsrd.conf says for every library alike. Called by `dsrd migrate` over the administrator's connection.
CREATE OR REPLACE FUNCTION dsr.libraries_set(p_due_soon_days integer, p_stale_days integer) RETURNS void
    LANGUAGE plpgsql
AS $function$
DECLARE
    one integer;
BEGIN
    FOREACH one IN ARRAY dsr.libraries() LOOP
        PERFORM set_config('dsr.library', one::text, true);
        UPDATE dsr.library SET due_soon_days = p_due_soon_days, stale_days = p_stale_days
         WHERE id = one AND (due_soon_days, stale_days) IS DISTINCT FROM (p_due_soon_days, p_stale_days);
    END LOOP;
END
$function$;

ALTER FUNCTION dsr.libraries_set(integer, integer) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.libraries_set(integer, integer) FROM PUBLIC;
