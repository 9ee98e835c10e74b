-- SPDX-License-Identifier: GPL-3.0-or-later
-- Mail that did not get through, newest first: the caller's own, or everybody's.
CREATE OR REPLACE FUNCTION dsr.mail_trouble(p_all boolean) RETURNS json
    LANGUAGE sql STABLE
AS $function$
SELECT coalesce(json_agg(json_build_object('id', id, 'day', day, 'state', state, 'attempts', attempts, 'last_code', last_code,
           'last_problem', last_problem, 'next_at', next_at) ORDER BY created_at DESC), '[]')
  FROM (SELECT * FROM dsr.message m
         WHERE m.library_id = dsr.library() AND (m.state IN ('failed', 'in_doubt') OR (m.state = 'queued' AND m.attempts > 0))
           AND (p_all OR m.recipient_id = dsr.me() OR m.recipient_id = dsr.my_subject())
         ORDER BY created_at DESC LIMIT 20) m
$function$;

ALTER FUNCTION dsr.mail_trouble(boolean) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.mail_trouble(boolean) FROM PUBLIC;
