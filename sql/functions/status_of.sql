-- SPDX-License-Identifier: GPL-3.0-or-later
-- THE status of a request at an instant: the one definition behind every list, count and mail. Overdue begins after `latest`,
-- in the controller's zone (breach_at); `soon` is how many days before its date a request counts as due soon.
CREATE OR REPLACE FUNCTION dsr.status_of(r dsr.request, at timestamptz, soon integer) RETURNS text
    LANGUAGE sql STABLE
AS $function$
SELECT CASE
    WHEN r.state <> 'open' THEN r.state
    WHEN r.answered THEN 'answer_to_check'
    WHEN r.paused THEN 'paused'
    WHEN r.breach_at <= at THEN 'overdue'
    WHEN r.ack_breach_at <= at THEN 'ack_overdue'
    WHEN r.due <= (at AT TIME ZONE r.zone)::date + soon THEN 'due_soon'
    ELSE 'waiting'
END
$function$;

ALTER FUNCTION dsr.status_of(dsr.request, timestamptz, integer) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.status_of(dsr.request, timestamptz, integer) FROM PUBLIC;
