-- SPDX-License-Identifier: GPL-3.0-or-later
-- A vendor and those it took over, whose requests are its own affair now; asked for one that was taken over itself, the same of who took it.
-- In PL/pgSQL, which keeps the plans for the session.
CREATE OR REPLACE FUNCTION dsr.vendor_family(p_slug text) RETURNS text[]
    LANGUAGE plpgsql STABLE
AS $function$
DECLARE
    owner text := (SELECT coalesce(merged_into, slug) FROM dsr.vendor WHERE library_id = dsr.library() AND slug = p_slug);
BEGIN
    RETURN (SELECT array_agg(slug::text ORDER BY slug) FROM dsr.vendor
             WHERE library_id = dsr.library() AND (slug = owner OR merged_into = owner));
END
$function$;

ALTER FUNCTION dsr.vendor_family(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.vendor_family(text) FROM PUBLIC;
