-- SPDX-License-Identifier: GPL-3.0-or-later
-- By which a change in between is noticed.
CREATE OR REPLACE FUNCTION dsr.vendor_version(p_vendor dsr.vendor) RETURNS text
    LANGUAGE sql STABLE
AS $function$
SELECT to_char(p_vendor.updated_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS')
$function$;

ALTER FUNCTION dsr.vendor_version(dsr.vendor) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.vendor_version(dsr.vendor) FROM PUBLIC;
