-- SPDX-License-Identifier: GPL-3.0-or-later
-- Mine at a glance: what I filed and what is about me. Lists hold 50 at most, counts are true. Staff and operators also see whose
-- mail has trouble, and which vendors' addresses do, and operators what stands still. Staff and managers are told how many are overdue in the
-- library: theirs may be none of them.
CREATE OR REPLACE FUNCTION api.status_mine() RETURNS json
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    answer json;
    mine_subject uuid := dsr.my_subject();
    files boolean := dsr.has_role('staff'); -- who no longer works here does not see what they filed for others
BEGIN
    WITH mine AS MATERIALIZED (
        SELECT r, r.sort_due, r.id, dsr.status_of(r, now(), l.due_soon_days) AS status, r.asked,
               EXISTS (SELECT FROM dsr.reply p WHERE p.library_id = r.library_id AND p.request_id = r.id AND p.state = 'proposed') AS replied
          FROM dsr.request r, dsr.library l
         WHERE r.library_id = dsr.library() AND l.id = r.library_id AND r.state <> 'closed'
           AND (r.subject_id = mine_subject OR (files AND r.filer = dsr.me()))
    ), lists AS (
        SELECT *, CASE WHEN dsr.is_overdue(status) THEN 'overdue'
                       WHEN status IN ('answer_to_check', 'paused') OR asked OR replied THEN 'waiting_on_me'
                       ELSE status END AS list,
               row_number() OVER (PARTITION BY CASE WHEN dsr.is_overdue(status) THEN 'overdue'
                       WHEN status IN ('answer_to_check', 'paused') OR asked OR replied THEN 'waiting_on_me'
                       ELSE status END ORDER BY sort_due, id) AS n
          FROM mine
    )
    SELECT json_build_object(
        'today', dsr.today(),
        'overdue', coalesce(json_agg(dsr.request_json(r) ORDER BY n) FILTER (WHERE list = 'overdue' AND n <= 50), '[]'),
        'due_soon', coalesce(json_agg(dsr.request_json(r) ORDER BY n) FILTER (WHERE list = 'due_soon' AND n <= 50), '[]'),
        'waiting_on_me', coalesce(json_agg(dsr.request_json(r) ORDER BY n) FILTER (WHERE list = 'waiting_on_me' AND n <= 50), '[]'),
        'drafts', coalesce(json_agg(dsr.request_json(r) ORDER BY n) FILTER (WHERE list = 'draft' AND n <= 50), '[]'),
        'waiting', coalesce(json_agg(dsr.request_json(r) ORDER BY n) FILTER (WHERE list = 'waiting' AND n <= 50), '[]'),
        'counts', json_build_object(
            'overdue', count(*) FILTER (WHERE list = 'overdue'), 'due_soon', count(*) FILTER (WHERE list = 'due_soon'),
            'waiting_on_me', count(*) FILTER (WHERE list = 'waiting_on_me'), 'waiting', count(*) FILTER (WHERE list = 'waiting'),
            'drafts', count(*) FILTER (WHERE list = 'draft'),
            'closed', (SELECT count(*) FROM dsr.request r WHERE r.library_id = dsr.library() AND r.state = 'closed'
                        AND (r.subject_id = mine_subject OR (files AND r.filer = dsr.me())))),
        'reminders_off', (SELECT min((c.stopped_at AT TIME ZONE l.zone)::date)
                            FROM dsr.recipient c JOIN dsr.account a ON a.library_id = c.library_id AND a.id = dsr.me()
                            JOIN dsr.library l ON l.id = c.library_id
                            LEFT JOIN dsr.subject s ON s.library_id = a.library_id AND s.id = a.subject_id
                           WHERE c.library_id = dsr.library() AND c.address_hash IN (a.email_hash, s.email_hash)),
        'has_email', (SELECT email IS NOT NULL FROM dsr.account WHERE library_id = dsr.library() AND id = dsr.me()),
        'replies', (SELECT count(*) FROM dsr.reply p JOIN mine ON mine.id = p.request_id WHERE p.library_id = dsr.library() AND p.state = 'proposed'),
        'pen', CASE WHEN files AND dsr.sees_all() THEN (SELECT count(*) FROM dsr.reply WHERE library_id = dsr.library() AND state = 'pen') ELSE 0 END,
        'mail_trouble', dsr.mail_trouble(dsr.has_role('staff') OR dsr.has_role('operator')),
        'may_file', dsr.has_role('staff') OR dsr.has_role('patron'),
        'library_overdue', CASE WHEN dsr.has_role('staff') OR dsr.has_role('manager') THEN (SELECT count(*) FROM dsr.request WHERE library_id = dsr.library()
            AND state = 'open' AND NOT answered AND NOT paused AND late_at <= now()) END, -- from the index of what is overdue
        'standstill', CASE WHEN dsr.has_role('operator') THEN dsr.standstill((SELECT due_since FROM dsr.mail_counts())) END,
        'vendor_trouble', CASE WHEN dsr.has_role('staff') OR dsr.has_role('operator') THEN dsr.vendor_trouble_counts() END)
      INTO answer FROM lists;
    RETURN answer;
END
$function$;

ALTER FUNCTION api.status_mine() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.status_mine() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.status_mine() TO dsrd_api;
