-- SPDX-License-Identifier: GPL-3.0-or-later
-- The mails that nobody has said anything about for as long as `other` is kept.
CREATE OR REPLACE FUNCTION dsr.replies_over() RETURNS SETOF uuid
    LANGUAGE sql STABLE
AS $function$
SELECT p.id FROM dsr.reply p
 WHERE p.library_id = dsr.library() AND (p.request_id IS NULL OR p.state = 'pen') AND p.came_at < (dsr.today() - dsr.retention_days('other'))::timestamp
$function$;

ALTER FUNCTION dsr.replies_over() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.replies_over() FROM PUBLIC;
