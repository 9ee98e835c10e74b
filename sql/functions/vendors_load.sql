-- SPDX-License-Identifier: GPL-3.0-or-later
-- A vendor from etc/vendors, into every library (dsr.vendor_load). In how many it was written.
CREATE OR REPLACE FUNCTION dsr.vendors_load(p_doc jsonb) RETURNS integer
    LANGUAGE plpgsql
AS $function$
DECLARE
    one integer;
    written integer := 0;
BEGIN
    FOREACH one IN ARRAY dsr.libraries() LOOP
        written := written + dsr.vendor_load(one, p_doc)::int;
    END LOOP;
    RETURN written;
END
$function$;

ALTER FUNCTION dsr.vendors_load(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.vendors_load(jsonb) FROM PUBLIC;
