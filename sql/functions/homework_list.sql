-- SPDX-License-Identifier: GPL-3.0-or-later
-- Homework, newest first, with how many people and requests are in it and where they stand; and who the caller is as a subject, if that is
-- known: {"me": {alias, residence}, "homework": [...]}. A patron sees what is about that patron. `wait`: what is to send later, once another
-- request is answered.
CREATE OR REPLACE FUNCTION api.homework_list() RETURNS json
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
SELECT json_build_object(
    'me', (SELECT json_build_object('alias', alias, 'residence', residence) FROM dsr.subject
            WHERE library_id = dsr.library() AND id = dsr.my_subject()),
    'homework', coalesce((SELECT json_agg(json_build_object(
            'homework', homework, 'people', people, 'mine', mine, 'requests', requests, 'to_send', to_send, 'wait', wait,
            'waiting', waiting, 'overdue', overdue, 'answered', answered, 'closed', closed, 'began', began) ORDER BY newest DESC)
        FROM (SELECT homework, count(DISTINCT subject_id) AS people, count(*) FILTER (WHERE subject_id = dsr.my_subject()) AS mine,
                     count(*) AS requests, max(id) AS newest, min((created_at AT TIME ZONE zone)::date) AS began,
                     count(*) FILTER (WHERE status = 'draft' AND after IS NULL) AS to_send,
                     count(*) FILTER (WHERE status = 'draft' AND after IS NOT NULL) AS wait,
                     count(*) FILTER (WHERE status IN ('waiting', 'due_soon', 'paused')) AS waiting,
                     count(*) FILTER (WHERE dsr.is_overdue(status)) AS overdue,
                     count(*) FILTER (WHERE status = 'answer_to_check') AS answered,
                     count(*) FILTER (WHERE status = 'closed') AS closed
                FROM (SELECT r.*, dsr.status_of(r, now(), 0) AS status, dsr.comes_after(r) AS after FROM dsr.request r
                       WHERE r.library_id = dsr.library() AND r.homework IS NOT NULL
                         AND (dsr.sees_all() OR r.subject_id = dsr.my_subject())) each
               GROUP BY homework) counted), '[]'))
$function$;

ALTER FUNCTION api.homework_list() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.homework_list() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.homework_list() TO dsrd_api;
