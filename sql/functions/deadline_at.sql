-- SPDX-License-Identifier: GPL-3.0-or-later
-- The day from which to count: `due`, and once that has passed in the controller's zone `latest`, for only after that is anything late.
CREATE OR REPLACE FUNCTION dsr.deadline_at(due date, latest date, zone text, at timestamptz) RETURNS date
    LANGUAGE sql STABLE
AS $function$
SELECT CASE WHEN due < (at AT TIME ZONE zone)::date THEN latest ELSE due END
$function$;

ALTER FUNCTION dsr.deadline_at(date, date, text, timestamptz) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.deadline_at(date, date, text, timestamptz) FROM PUBLIC;
