-- SPDX-License-Identifier: GPL-3.0-or-later
-- The day from which to count: `due`, and once that has passed in the controller's zone `latest`, for only after that is anything late.
CREATE OR REPLACE FUNCTION dsr.deadline(due date, latest date, zone text) RETURNS date
    LANGUAGE sql STABLE
AS $function$
SELECT CASE WHEN due < (now() AT TIME ZONE zone)::date THEN latest ELSE due END
$function$;

ALTER FUNCTION dsr.deadline(date, date, text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.deadline(date, date, text) FROM PUBLIC;
