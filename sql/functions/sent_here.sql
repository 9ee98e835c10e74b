-- SPDX-License-Identifier: GPL-3.0-or-later
-- The day a request was sent by the library's calendar, by which authorities are dated; of a draft the one it was written on. What was sent
-- the day it was recorded, where its vendor is, was sent on the day it was recorded here.
CREATE OR REPLACE FUNCTION dsr.sent_here(r dsr.request) RETURNS date
    LANGUAGE sql STABLE
AS $function$
SELECT CASE WHEN r.sent_on IS NULL THEN (r.created_at AT TIME ZONE l.zone)::date
            ELSE coalesce((SELECT (max(e.at) AT TIME ZONE l.zone)::date FROM dsr.event e
                            WHERE e.library_id = r.library_id AND e.request_id = r.id AND e.event = 'sent' AND e.voided_at IS NULL
                              AND e.on_date = r.sent_on AND (e.at AT TIME ZONE r.zone)::date = e.on_date), r.sent_on) END
  FROM dsr.library l WHERE l.id = r.library_id
$function$;

ALTER FUNCTION dsr.sent_here(dsr.request) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.sent_here(dsr.request) FROM PUBLIC;
