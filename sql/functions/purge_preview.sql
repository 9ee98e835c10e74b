-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a purge would take away now: by class and rule what hangs on its requests, with at most 200 references; and what hangs on no
-- request. `held`: how many closed requests and drafts are under holds. For officers.
CREATE OR REPLACE FUNCTION api.purge_preview() RETURNS json
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
WITH over AS MATERIALIZED (
    SELECT o.id, o.ref, o.subject_id, dsr.retention_class(o) AS class FROM dsr.requests_over() o
), held AS MATERIALIZED (
    SELECT t.request_id, t.subject_id, t.vendor FROM dsr.hold h JOIN dsr.hold_target t ON t.library_id = h.library_id AND t.hold_id = h.id
     WHERE h.library_id = dsr.library() AND dsr.hold_is_in_force(h)
), rules AS (
    SELECT o.class, count(*) AS requests, (array_agg(o.ref ORDER BY o.ref))[1:200] AS refs,
           sum((SELECT count(*) FROM dsr.event e WHERE e.library_id = dsr.library() AND e.request_id = o.id)) AS events,
           sum((SELECT count(note) + count(void_reason) FROM dsr.event e
                 WHERE e.library_id = dsr.library() AND e.request_id = o.id)) AS notes,
           sum((SELECT count(*) FROM dsr.reminder d WHERE d.library_id = dsr.library() AND d.request_id = o.id)) AS reminders
      FROM over o GROUP BY o.class
)
SELECT json_build_object(
    'today', dsr.today(),
    'rules', (SELECT coalesce(json_agg(json_build_object('class', class, 'days', dsr.retention_days(class), 'requests', requests,
                  'events', events, 'notes', notes, 'reminders', reminders, 'refs', refs) ORDER BY class), '[]') FROM rules),
    'requests', (SELECT count(*) FROM over),
    'mails', (SELECT count(*) FROM dsr.message m
               WHERE m.library_id = dsr.library() AND NOT m.digest
                 AND m.id IN (SELECT d.message_id FROM dsr.reminder d JOIN over o ON o.id = d.request_id WHERE d.library_id = dsr.library()
                              UNION SELECT l.message_id FROM dsr.letter l JOIN over o ON o.id = l.request_id WHERE l.library_id = dsr.library())
                 AND NOT EXISTS (SELECT FROM dsr.reminder d WHERE d.library_id = m.library_id AND d.message_id = m.id
                                    AND d.request_id NOT IN (SELECT id FROM over)))
             + (SELECT count(*) FROM dsr.mails_over()) + (SELECT count(*) FROM dsr.replies_over()),
    'subjects', (SELECT count(DISTINCT o.subject_id) FROM over o
                  WHERE NOT dsr.subject_is_held(o.subject_id)
                    AND NOT EXISTS (SELECT FROM dsr.request r WHERE r.library_id = dsr.library() AND r.subject_id = o.subject_id
                                       AND r.id NOT IN (SELECT id FROM over)))
                + (SELECT count(*) FROM dsr.subjects_over()),
    'holds', (SELECT count(*) FROM dsr.holds_over()),
    'other_days', dsr.retention_days('other'),
    'held', (SELECT count(*) FROM dsr.request r
              WHERE r.library_id = dsr.library() AND r.state <> 'open'
                AND r.id IN (SELECT h.id FROM held t JOIN dsr.request h ON h.library_id = dsr.library() AND h.id = t.request_id
                             UNION ALL
                             SELECT h.id FROM held t JOIN dsr.request h ON h.library_id = dsr.library() AND h.subject_id = t.subject_id
                             UNION ALL
                             SELECT h.id FROM held t JOIN dsr.request h ON h.library_id = dsr.library() AND h.vendor = t.vendor)))
$function$;

ALTER FUNCTION api.purge_preview() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.purge_preview() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.purge_preview() TO dsrd_api;
