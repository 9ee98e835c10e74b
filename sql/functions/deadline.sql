-- SPDX-License-Identifier: GPL-3.0-or-later
-- dsr.deadline_at() now.
CREATE OR REPLACE FUNCTION dsr.deadline(due date, latest date, zone text) RETURNS date
    LANGUAGE sql STABLE
AS $function$
SELECT dsr.deadline_at(due, latest, zone, now())
$function$;

ALTER FUNCTION dsr.deadline(date, date, text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.deadline(date, date, text) FROM PUBLIC;
