-- SPDX-License-Identifier: GPL-3.0-or-later
-- A vendor from etc/vendors. One that was edited in the database stays as it is. True when something was written.
CREATE OR REPLACE FUNCTION dsr.vendor_load(p_library integer, p_doc jsonb) RETURNS boolean
    LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM set_config('dsr.library', p_library::text, true);
    IF EXISTS (SELECT FROM dsr.vendor WHERE library_id = p_library AND slug = p_doc ->> 'slug' AND (edited OR doc = p_doc)) THEN
        RETURN false;
    END IF;
    PERFORM dsr.vendor_store(p_doc, false);
    RETURN true;
END
$function$;

ALTER FUNCTION dsr.vendor_load(integer, jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.vendor_load(integer, jsonb) FROM PUBLIC;
