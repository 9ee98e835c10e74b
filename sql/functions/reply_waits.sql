-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether somebody still has to say what a mail about that request means: until then that it came is worth telling, and no longer.
CREATE OR REPLACE FUNCTION dsr.reply_waits(p_request bigint) RETURNS boolean
    LANGUAGE sql STABLE
AS $function$
SELECT EXISTS (SELECT FROM dsr.reply WHERE library_id = dsr.library() AND request_id = p_request AND state = 'proposed')
$function$;

ALTER FUNCTION dsr.reply_waits(bigint) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.reply_waits(bigint) FROM PUBLIC;
