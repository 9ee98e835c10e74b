-- SPDX-License-Identifier: GPL-3.0-or-later
-- A vendor and those it took over: whose requests are its own affair now.
CREATE OR REPLACE FUNCTION dsr.vendor_family(p_slug text) RETURNS text[]
    LANGUAGE sql STABLE
AS $function$
SELECT array_agg(slug::text ORDER BY slug) FROM dsr.vendor
 WHERE library_id = dsr.library() AND (slug = p_slug OR merged_into = p_slug)
$function$;

ALTER FUNCTION dsr.vendor_family(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.vendor_family(text) FROM PUBLIC;
