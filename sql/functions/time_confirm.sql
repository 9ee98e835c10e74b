-- SPDX-License-Identifier: GPL-3.0-or-later
-- An operator says that the clock is right now, whatever was seen before. What the state was is answered, as dsr.time_state gives it.
CREATE OR REPLACE FUNCTION dsr.time_confirm() RETURNS json
    LANGUAGE plpgsql
AS $function$
DECLARE
    before json := dsr.time_state();
    library text := current_setting('dsr.library', true);
BEGIN
    UPDATE dsr.time_guard SET right_at = clock_timestamp(), looked_at = clock_timestamp(), acted_at = clock_timestamp(), doubt = NULL, stood = '0';
    IF before ->> 'doubt' IS NOT NULL THEN
        PERFORM dsr.time_repair('0', true);
        PERFORM set_config('dsr.library', '0', true); -- the time is of no library
        PERFORM dsr.audit_add('time_confirmed', NULL, jsonb_build_object('doubt', before -> 'doubt'));
        PERFORM set_config('dsr.library', coalesce(library, ''), true);
    END IF;
    RETURN before;
END
$function$;

ALTER FUNCTION dsr.time_confirm() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.time_confirm() FROM PUBLIC;
