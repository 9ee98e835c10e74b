-- SPDX-License-Identifier: GPL-3.0-or-later
-- The newest request {ref, state} by which this person asks this vendor, or one that it took over, for that right already: a draft, or one
-- that is open. Null when none.
CREATE OR REPLACE FUNCTION dsr.asked_already(p_subject uuid, p_vendor text, p_right text) RETURNS json
    LANGUAGE sql STABLE
AS $function$
SELECT json_build_object('ref', ref, 'state', state) FROM dsr.request
 WHERE library_id = dsr.library() AND subject_id = p_subject AND vendor = ANY (dsr.vendor_family(p_vendor)) AND "right" = p_right AND state <> 'closed'
 ORDER BY id DESC LIMIT 1
$function$;

ALTER FUNCTION dsr.asked_already(uuid, text, text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.asked_already(uuid, text, text) FROM PUBLIC;
