-- SPDX-License-Identifier: GPL-3.0-or-later
-- The channels that bounce or are stale, of vendors that were not taken over. In PL/pgSQL, which keeps the plan for the session.
CREATE OR REPLACE FUNCTION dsr.vendor_trouble() RETURNS SETOF dsr.vendor_channel
    LANGUAGE plpgsql STABLE ROWS 20
AS $function$
DECLARE
    stale_before date := dsr.today() - (SELECT stale_days FROM dsr.library WHERE id = dsr.library());
BEGIN
    RETURN QUERY SELECT c.* FROM dsr.vendor_channel c JOIN dsr.vendor v ON v.library_id = c.library_id AND v.slug = c.vendor
     WHERE c.library_id = dsr.library() AND (c.bouncing OR c.fresh_on < stale_before) AND v.merged_into IS NULL;
END
$function$;

ALTER FUNCTION dsr.vendor_trouble() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.vendor_trouble() FROM PUBLIC;
