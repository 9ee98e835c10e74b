-- SPDX-License-Identifier: GPL-3.0-or-later
-- What was asked of this vendor, and those it took over, around that day (null: today) and is purged, by law, right and month of sending, oldest first. Of whom is
-- not known any more: each may have been of anybody. As far back, and ahead, as limits of frequency look.
CREATE OR REPLACE FUNCTION dsr.purged_requests(p_vendor text, p_around date) RETURNS json
    LANGUAGE sql STABLE
AS $function$
SELECT coalesce(json_agg(json_build_object('law', law, 'right', "right", 'month', sent_month)), '[]')
  FROM (SELECT DISTINCT sent_month, law, "right" FROM dsr.tombstone
         WHERE library_id = dsr.library() AND outcome IS DISTINCT FROM 'duplicate' AND vendor = ANY (dsr.vendor_family(p_vendor))
           AND sent_month > coalesce(p_around, dsr.today()) - interval '25 months'
           AND sent_month < coalesce(p_around, dsr.today()) + interval '13 months'
         ORDER BY sent_month, law, "right") purged
$function$;

ALTER FUNCTION dsr.purged_requests(text, date) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.purged_requests(text, date) FROM PUBLIC;
