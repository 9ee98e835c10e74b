-- SPDX-License-Identifier: GPL-3.0-or-later
-- What this subject asked this vendor, and those it took over, before, newest first: for limits, and, while it is open and unanswered, for access before deletion
-- and against asking twice. What stands under another reference too was not asked again.
CREATE OR REPLACE FUNCTION dsr.earlier_requests(p_subject uuid, p_vendor text, p_except bigint) RETURNS json
    LANGUAGE sql STABLE
AS $function$
SELECT coalesce(json_agg(json_build_object('ref', ref, 'law', law, 'right', "right", 'sent', sent_on, 'open', state = 'open' AND NOT answered)), '[]')
  FROM (SELECT ref, law, "right", sent_on, state, answered FROM dsr.request
         WHERE library_id = dsr.library() AND subject_id = p_subject AND vendor = ANY (dsr.vendor_family(p_vendor)) AND sent_on IS NOT NULL
           AND outcome IS DISTINCT FROM 'duplicate'
           AND id IS DISTINCT FROM p_except
         ORDER BY sent_on DESC, id DESC LIMIT 50) earlier
$function$;

ALTER FUNCTION dsr.earlier_requests(uuid, text, bigint) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.earlier_requests(uuid, text, bigint) FROM PUBLIC;
