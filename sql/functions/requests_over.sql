-- SPDX-License-Identifier: GPL-3.0-or-later
-- The requests whose time is over, held ones apart. One about which a mail is just on its way waits for it, but not for more than a month.
-- The days since closing come first: an index knows them, and few are left to look at closely.
CREATE OR REPLACE FUNCTION dsr.requests_over() RETURNS SETOF dsr.request
    LANGUAGE sql STABLE
AS $function$
SELECT r.* FROM dsr.request r
 WHERE r.library_id = dsr.library()
   AND (r.state = 'draft'
        OR (r.state = 'closed' AND r.closed_on < dsr.today() - (SELECT min(days) FROM dsr.retention WHERE library_id = dsr.library())))
   AND dsr.kept_until(r) < dsr.today()
   AND NOT EXISTS (SELECT FROM dsr.reminder d JOIN dsr.message m ON m.library_id = d.library_id AND m.id = d.message_id
                    WHERE d.library_id = r.library_id AND d.request_id = r.id
                      AND m.state IN ('leased', 'sending', 'in_doubt') AND m.day > dsr.today() - 30)
$function$;

ALTER FUNCTION dsr.requests_over() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.requests_over() FROM PUBLIC;
