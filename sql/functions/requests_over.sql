-- SPDX-License-Identifier: GPL-3.0-or-later
-- The requests whose time is over, held ones apart. One about which a mail or letter is just on its way waits for it, but not for more than a
-- month. dsr.kept_until decides; what is asked before it, from indexes, only spares it most of the others: those of a class that is kept
-- longer, and all that a large hold covers. In no order, so that a batch looks at no more than it takes.
CREATE OR REPLACE FUNCTION dsr.requests_over() RETURNS SETOF dsr.request
    LANGUAGE sql STABLE
AS $function$
WITH held AS MATERIALIZED (
    SELECT t.request_id, t.subject_id, t.vendor FROM dsr.hold h JOIN dsr.hold_target t ON t.library_id = h.library_id AND t.hold_id = h.id
     WHERE h.library_id = dsr.library() AND dsr.hold_is_in_force(h)
)
SELECT r.* FROM dsr.request r
 WHERE r.library_id = dsr.library()
   AND (r.state = 'draft'
        OR (r.state = 'closed' AND r.closed_on < (SELECT dsr.today() - min(days) FROM dsr.retention WHERE library_id = dsr.library())
            AND r.closed_on < (SELECT dsr.today() - days FROM dsr.retention
                                WHERE library_id = dsr.library() AND class = dsr.retention_class(r))))
   AND NOT EXISTS (SELECT FROM held WHERE held.request_id = r.id OR held.subject_id = r.subject_id OR held.vendor = r.vendor)
   AND NOT EXISTS (SELECT FROM dsr.reminder d JOIN dsr.message m ON m.library_id = d.library_id AND m.id = d.message_id
                    WHERE d.library_id = r.library_id AND d.request_id = r.id
                      AND m.state IN ('leased', 'sending', 'in_doubt') AND m.day > (SELECT dsr.today()) - 30)
   AND NOT EXISTS (SELECT FROM dsr.letter l WHERE l.library_id = r.library_id AND l.request_id = r.id
                      AND (l.state IN ('approved', 'in_doubt') OR (l.state = 'sent' AND NOT l.logged))
                      AND l.approved_at > (SELECT dsr.today()) - 30)
   AND dsr.kept_until(r) < (SELECT dsr.today())
$function$;

ALTER FUNCTION dsr.requests_over() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.requests_over() FROM PUBLIC;
