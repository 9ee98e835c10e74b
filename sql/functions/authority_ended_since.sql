-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether something authorised a request at that instant, and nothing does today.
CREATE OR REPLACE FUNCTION dsr.authority_ended_since(r dsr.request, p_at timestamptz) RETURNS boolean
    LANGUAGE sql STABLE
AS $function$
SELECT coalesce(bool_or(a.given_on <= p_at::date + 1 AND coalesce(a.until >= p_at::date, true)
                        AND (a.withdrawn_at IS NULL OR a.withdrawn_at >= p_at)), false)
       AND NOT coalesce(bool_or(dsr.authority_valid(a, dsr.today())), false)
  FROM dsr.authority a
 WHERE a.library_id = r.library_id AND a.subject_id = r.subject_id AND dsr.authority_covers(a, r.vendor, r."right")
$function$;

ALTER FUNCTION dsr.authority_ended_since(dsr.request, timestamptz) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.authority_ended_since(dsr.request, timestamptz) FROM PUBLIC;
