-- SPDX-License-Identifier: GPL-3.0-or-later
-- Why the time must not be relied on now, or null. `apart`: the clock of the dsrd that asks (p_now, in seconds of the epoch; null: nobody's) and
-- the database's differ by more than an hour. `ahead`, `back`: as the last look found (api.time_look), or the latest moment found right is longer ago than
-- time.jump_days, or lies ahead. Asked again by each function that takes something away for good: the clock may have jumped since the last look.
CREATE OR REPLACE FUNCTION dsr.time_doubt(p_now bigint) RETURNS text
    LANGUAGE sql VOLATILE
AS $function$
SELECT CASE WHEN abs(extract(epoch FROM here) - p_now) > 3600 THEN 'apart'
            WHEN here > right_at + make_interval(days => jump_days) THEN 'ahead'
            WHEN here < right_at - interval '1 hour' THEN 'back'
            ELSE doubt END
  FROM dsr.time_guard, clock_timestamp() here
$function$;

ALTER FUNCTION dsr.time_doubt(bigint) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.time_doubt(bigint) FROM PUBLIC;
