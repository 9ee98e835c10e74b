-- SPDX-License-Identifier: GPL-3.0-or-later
-- The holds that ended longer ago than `other` is kept.
CREATE OR REPLACE FUNCTION dsr.holds_over() RETURNS SETOF uuid
    LANGUAGE sql STABLE
AS $function$
SELECT h.id FROM dsr.hold h JOIN dsr.library l ON l.id = h.library_id
 WHERE h.library_id = dsr.library()
   AND least(h.until, (h.released_at AT TIME ZONE l.zone)::date) + dsr.retention_days('other') < dsr.today()
$function$;

ALTER FUNCTION dsr.holds_over() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.holds_over() FROM PUBLIC;
