-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether reminders rest at that moment: quiet hours, or a weekend, on the clock of the library.
CREATE OR REPLACE FUNCTION dsr.reminders_rest(p_at timestamptz) RETURNS boolean
    LANGUAGE sql STABLE
AS $function$
SELECT CASE WHEN quiet_from <= quiet_until THEN local::time >= quiet_from AND local::time < quiet_until
            ELSE local::time >= quiet_from OR local::time < quiet_until END
       OR (NOT weekends AND extract(isodow FROM local) > 5)
  FROM (SELECT quiet_from, quiet_until, weekends, p_at AT TIME ZONE zone AS local FROM dsr.library WHERE id = dsr.library()) here
$function$;

ALTER FUNCTION dsr.reminders_rest(timestamptz) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.reminders_rest(timestamptz) FROM PUBLIC;
