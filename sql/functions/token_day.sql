-- SPDX-License-Identifier: GPL-3.0-or-later
-- The day of a moment in the library's zone.
CREATE OR REPLACE FUNCTION dsr.token_day(p_at timestamptz) RETURNS date
    LANGUAGE sql STABLE
AS $function$
SELECT (p_at AT TIME ZONE zone)::date FROM dsr.library WHERE id = dsr.library()
$function$;

ALTER FUNCTION dsr.token_day(timestamptz) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.token_day(timestamptz) FROM PUBLIC;
