-- SPDX-License-Identifier: GPL-3.0-or-later
-- dsr.days_left_at() now.
CREATE OR REPLACE FUNCTION dsr.days_left(due date, zone text, library_zone text) RETURNS integer
    LANGUAGE sql STABLE
AS $function$
SELECT dsr.days_left_at(due, zone, library_zone, now())
$function$;

ALTER FUNCTION dsr.days_left(date, text, text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.days_left(date, text, text) FROM PUBLIC;
