-- SPDX-License-Identifier: GPL-3.0-or-later
-- How many open requests an account filed for others and is not reminded of any more, since it is closed or not staff: the managers are
-- (dsr.reminders_hand_over).
CREATE OR REPLACE FUNCTION dsr.left_requests(a dsr.account) RETURNS bigint
    LANGUAGE sql STABLE SET dsr.reach = 'library'
AS $function$
SELECT count(*) FROM dsr.request
 WHERE library_id = a.library_id AND filer = a.id AND state = 'open' AND subject_id IS DISTINCT FROM a.subject_id
   AND (a.disabled OR NOT 'staff' = ANY (a.roles))
$function$;

ALTER FUNCTION dsr.left_requests(dsr.account) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.left_requests(dsr.account) FROM PUBLIC;
