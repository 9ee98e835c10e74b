-- SPDX-License-Identifier: GPL-3.0-or-later
-- The reference of the request that a homework has for this person, vendor and right, whatever became of it; null when there is none. One that
-- stands under the name of who was taken over is it too: the person is not to ask again.
CREATE OR REPLACE FUNCTION dsr.homework_request(p_homework text, p_subject uuid, p_vendor text, p_right text) RETURNS text
    LANGUAGE sql STABLE
AS $function$
SELECT ref FROM dsr.request
 WHERE library_id = dsr.library() AND homework = p_homework AND subject_id = p_subject AND vendor = ANY (dsr.vendor_family(p_vendor))
   AND "right" = p_right
 ORDER BY vendor <> p_vendor, id LIMIT 1
$function$;

ALTER FUNCTION dsr.homework_request(text, uuid, text, text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.homework_request(text, uuid, text, text) FROM PUBLIC;
