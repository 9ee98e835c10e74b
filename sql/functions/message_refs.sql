-- SPDX-License-Identifier: GPL-3.0-or-later
-- The references a mail is about, for who works on requests and for whom it is for; none for operators, who see the queue and not
-- what is in it.
CREATE OR REPLACE FUNCTION dsr.message_refs(p_message uuid) RETURNS json
    LANGUAGE sql STABLE
AS $function$
SELECT coalesce(json_agg(DISTINCT r.ref), '[]')
  FROM (SELECT request_id FROM dsr.reminder WHERE library_id = dsr.library() AND message_id = p_message
        UNION SELECT request_id FROM dsr.letter WHERE library_id = dsr.library() AND message_id = p_message) d
  JOIN dsr.request r ON r.library_id = dsr.library() AND r.id = d.request_id
 WHERE (dsr.has_role('staff') OR dsr.has_role('manager') OR r.subject_id = dsr.my_subject())
$function$;

ALTER FUNCTION dsr.message_refs(uuid) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.message_refs(uuid) FROM PUBLIC;
