-- SPDX-License-Identifier: GPL-3.0-or-later
-- The last day of the holds in force that cover all about a subject; null when none does.
CREATE OR REPLACE FUNCTION dsr.subject_held_until(p_subject uuid) RETURNS date
    LANGUAGE sql STABLE
AS $function$
SELECT max(h.until) FROM dsr.hold h JOIN dsr.hold_target t ON t.library_id = h.library_id AND t.hold_id = h.id
 WHERE h.library_id = dsr.library() AND dsr.hold_is_in_force(h) AND t.subject_id = p_subject
$function$;

ALTER FUNCTION dsr.subject_held_until(uuid) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.subject_held_until(uuid) FROM PUBLIC;
