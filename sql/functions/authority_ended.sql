-- SPDX-License-Identifier: GPL-3.0-or-later
-- The day since which nothing authorises a request any more, or null: something does, it is the filer's own, or nothing ever did since it
-- was sent, which was confirmed when it was filed.
CREATE OR REPLACE FUNCTION dsr.authority_ended(r dsr.request) RETURNS date
    LANGUAGE sql STABLE
AS $function$
SELECT max(least(a.withdrawn_on, a.until + 1))
  FROM dsr.authority a
 WHERE a.library_id = r.library_id AND a.subject_id = r.subject_id AND dsr.authority_covers(a, r.vendor, r."right")
   AND (a.until >= dsr.sent_here(r) OR a.until IS NULL)
   AND (a.withdrawn_on IS NULL OR (r.sent_on IS NOT NULL AND a.withdrawn_on > dsr.sent_here(r)) OR a.withdrawn_at >= r.created_at)
   AND dsr.filed_for_another(r.filer, r.subject_id)
HAVING NOT EXISTS (SELECT FROM dsr.authority v
                   WHERE v.library_id = r.library_id AND v.subject_id = r.subject_id AND dsr.authority_covers(v, r.vendor, r."right")
                     AND dsr.authority_valid(v, dsr.today()))
$function$;

ALTER FUNCTION dsr.authority_ended(dsr.request) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.authority_ended(dsr.request) FROM PUBLIC;
