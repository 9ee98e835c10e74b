-- SPDX-License-Identifier: GPL-3.0-or-later
-- Days until `due` as the reader counts them, on the library's calendar; negative: days late. Whether it is late is decided where the
-- deadline runs (`zone`): New York's evening is Amsterdam's next morning, and what is over there is never "today" here. Null without a day.
CREATE OR REPLACE FUNCTION dsr.days_left_at(due date, zone text, library_zone text, at timestamptz) RETURNS integer
    LANGUAGE sql STABLE
AS $function$
-- greatest() and least() pass over a null: no day would be today.
SELECT CASE WHEN due IS NULL THEN NULL
            WHEN due < (at AT TIME ZONE zone)::date
            THEN least(due - (at AT TIME ZONE library_zone)::date, -1)
            ELSE greatest(due - (at AT TIME ZONE library_zone)::date, 0) END
$function$;

ALTER FUNCTION dsr.days_left_at(date, text, text, timestamptz) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.days_left_at(date, text, text, timestamptz) FROM PUBLIC;
