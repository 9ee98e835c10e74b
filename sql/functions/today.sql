-- SPDX-License-Identifier: GPL-3.0-or-later
-- The civil day in the library's zone, by the database's clock.
CREATE OR REPLACE FUNCTION dsr.today() RETURNS date
    LANGUAGE sql STABLE
AS $function$
SELECT (now() AT TIME ZONE zone)::date FROM dsr.library WHERE id = dsr.library()
$function$;

ALTER FUNCTION dsr.today() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.today() FROM PUBLIC;
