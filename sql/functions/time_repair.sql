-- SPDX-License-Identifier: GPL-3.0-or-later
-- In every library, after the clock went back by p_back: see dsr.time_repair_here.
CREATE OR REPLACE FUNCTION dsr.time_repair(p_back interval, p_right boolean) RETURNS void
    LANGUAGE plpgsql
AS $function$
DECLARE
    before text := current_setting('dsr.library', true);
    one integer;
BEGIN
    FOREACH one IN ARRAY dsr.libraries() LOOP
        PERFORM set_config('dsr.library', one::text, true);
        PERFORM dsr.time_repair_here(p_back, p_right);
    END LOOP;
    PERFORM set_config('dsr.library', coalesce(before, ''), true);
END
$function$;

ALTER FUNCTION dsr.time_repair(interval, boolean) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.time_repair(interval, boolean) FROM PUBLIC;
