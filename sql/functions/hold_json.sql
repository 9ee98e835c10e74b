-- SPDX-License-Identifier: GPL-3.0-or-later
-- A hold: what it covers, until when, whose it is and why (sealed), which demands led to it, and how
-- many requests it covers.
CREATE OR REPLACE FUNCTION dsr.hold_json(p_id uuid) RETURNS json
    LANGUAGE sql STABLE
AS $function$
SELECT json_build_object(
    'id', h.id, 'state', dsr.hold_state(h),
    'until', h.until, 'set_at', h.created_at, 'released_at', h.released_at,
    'by', (SELECT dsr.envelope('account.name', id, name) FROM dsr.account WHERE library_id = h.library_id AND id = h.author),
    'reason', dsr.envelope('hold.reason', h.id, h.reason),
    'refs', (SELECT coalesce(json_agg(r.ref ORDER BY r.ref), '[]')
               FROM dsr.hold_target t JOIN dsr.request r ON r.library_id = t.library_id AND r.id = t.request_id
              WHERE t.library_id = h.library_id AND t.hold_id = h.id),
    'subjects', (SELECT coalesce(json_agg(s.alias ORDER BY s.alias), '[]')
                   FROM dsr.hold_target t JOIN dsr.subject s ON s.library_id = t.library_id AND s.id = t.subject_id
                  WHERE t.library_id = h.library_id AND t.hold_id = h.id),
    'vendors', (SELECT coalesce(json_agg(vendor ORDER BY vendor), '[]') FROM dsr.hold_target t
                 WHERE t.library_id = h.library_id AND t.hold_id = h.id AND vendor IS NOT NULL),
    'demands', (SELECT coalesce(json_agg('D-' || n ORDER BY n), '[]') FROM dsr.demand WHERE library_id = h.library_id AND hold_id = h.id),
    'requests', (SELECT count(*) FROM dsr.request r
                  WHERE r.library_id = h.library_id
                    AND EXISTS (SELECT FROM dsr.hold_target t WHERE t.library_id = h.library_id AND t.hold_id = h.id
                                   AND (t.request_id = r.id OR t.subject_id = r.subject_id OR t.vendor = r.vendor))))
  FROM dsr.hold h WHERE h.library_id = dsr.library() AND h.id = p_id
$function$;

ALTER FUNCTION dsr.hold_json(uuid) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.hold_json(uuid) FROM PUBLIC;
