-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether a hold in force covers all about the subject. In PL/pgSQL, which keeps the plan for the session.
CREATE OR REPLACE FUNCTION dsr.subject_is_held(p_subject uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE
AS $function$
BEGIN
    RETURN EXISTS (SELECT FROM dsr.hold h JOIN dsr.hold_target t ON t.library_id = h.library_id AND t.hold_id = h.id
                    WHERE h.library_id = dsr.library() AND dsr.hold_is_in_force(h) AND t.subject_id = p_subject);
END
$function$;

ALTER FUNCTION dsr.subject_is_held(uuid) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.subject_is_held(uuid) FROM PUBLIC;
