-- SPDX-License-Identifier: GPL-3.0-or-later
-- The civil day in the library's zone, by the database's clock. In PL/pgSQL, which keeps the plan for the session.
CREATE OR REPLACE FUNCTION dsr.today() RETURNS date
    LANGUAGE plpgsql STABLE
AS $function$
BEGIN
    RETURN (SELECT (now() AT TIME ZONE zone)::date FROM dsr.library WHERE id = dsr.library());
END
$function$;

ALTER FUNCTION dsr.today() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.today() FROM PUBLIC;
