-- SPDX-License-Identifier: GPL-3.0-or-later
-- For `dsr status` of who can mend it: how many vendors with open requests have a channel that bounces, and how many of the others a stale
-- one. Null when there are none.
CREATE OR REPLACE FUNCTION dsr.vendor_trouble_counts() RETURNS json
    LANGUAGE plpgsql STABLE
AS $function$
DECLARE
    bouncing_vendors bigint;
    stale_vendors bigint;
BEGIN
    SELECT count(*) FILTER (WHERE any_bouncing), count(*) FILTER (WHERE NOT any_bouncing) INTO bouncing_vendors, stale_vendors
      FROM (SELECT vendor, bool_or(bouncing) AS any_bouncing FROM dsr.vendor_trouble() GROUP BY vendor) t
     WHERE EXISTS (SELECT FROM dsr.request r WHERE r.library_id = dsr.library() AND r.vendor = t.vendor AND r.state = 'open');
    RETURN CASE WHEN bouncing_vendors + stale_vendors > 0
                THEN json_build_object('bouncing', bouncing_vendors, 'stale', stale_vendors) END;
END
$function$;

ALTER FUNCTION dsr.vendor_trouble_counts() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.vendor_trouble_counts() FROM PUBLIC;
