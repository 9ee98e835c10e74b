-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether a hold in force covers the request: itself, its subject or its vendor. In PL/pgSQL, which keeps the plan for the session.
CREATE OR REPLACE FUNCTION dsr.is_held(r dsr.request) RETURNS boolean
    LANGUAGE plpgsql STABLE
AS $function$
BEGIN
    RETURN EXISTS (SELECT FROM dsr.hold h JOIN dsr.hold_target t ON t.library_id = h.library_id AND t.hold_id = h.id
                    WHERE h.library_id = r.library_id AND dsr.hold_is_in_force(h)
                      AND (t.request_id = r.id OR t.subject_id = r.subject_id OR t.vendor = r.vendor));
END
$function$;

ALTER FUNCTION dsr.is_held(dsr.request) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.is_held(dsr.request) FROM PUBLIC;
