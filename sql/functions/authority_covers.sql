-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether an authority's scope holds that right at that vendor; what it does not name it does not limit.
CREATE OR REPLACE FUNCTION dsr.authority_covers(a dsr.authority, p_vendor text, p_right text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $function$
SELECT (cardinality(a.vendors) = 0 OR p_vendor = ANY (a.vendors)) AND (cardinality(a.rights) = 0 OR p_right = ANY (a.rights))
$function$;

ALTER FUNCTION dsr.authority_covers(dsr.authority, text, text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.authority_covers(dsr.authority, text, text) FROM PUBLIC;
