-- SPDX-License-Identifier: GPL-3.0-or-later
-- The subjects of whom there is no request, and who were added longer ago than `other` is kept; held ones apart.
CREATE OR REPLACE FUNCTION dsr.subjects_over() RETURNS SETOF uuid
    LANGUAGE sql STABLE
AS $function$
SELECT s.id FROM dsr.subject s
 WHERE s.library_id = dsr.library()
   AND (s.created_at AT TIME ZONE (SELECT zone FROM dsr.library WHERE id = dsr.library()))::date + dsr.retention_days('other') < dsr.today()
   AND NOT EXISTS (SELECT FROM dsr.request r WHERE r.library_id = s.library_id AND r.subject_id = s.id)
   AND NOT dsr.subject_is_held(s.id)
$function$;

ALTER FUNCTION dsr.subjects_over() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.subjects_over() FROM PUBLIC;
