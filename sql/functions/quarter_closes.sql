-- SPDX-License-Identifier: GPL-3.0-or-later
-- The day on which the tables of the quarter that begins on p_from are made: so many days after its end. A library that came later has
-- as many days to record its past.
CREATE OR REPLACE FUNCTION dsr.quarter_closes(p_from date, p_days integer) RETURNS date
    LANGUAGE sql STABLE
AS $function$
SELECT greatest((p_from + interval '3 months')::date, (created_at AT TIME ZONE zone)::date) + p_days
  FROM dsr.library WHERE id = dsr.library()
$function$;

ALTER FUNCTION dsr.quarter_closes(date, integer) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.quarter_closes(date, integer) FROM PUBLIC;
