-- SPDX-License-Identifier: GPL-3.0-or-later
-- Why a request may not be erased now although the person asks: {why, until}, or null. It is open: its dates still run, and the vendor's
-- answer is still to come; or a hold covers it.
CREATE OR REPLACE FUNCTION dsr.must_stay(r dsr.request) RETURNS jsonb
    LANGUAGE sql STABLE
AS $function$
SELECT CASE WHEN r.state = 'open' THEN jsonb_build_object('why', 'open', 'until', NULL)
            WHEN dsr.is_held(r) THEN jsonb_build_object('why', 'hold', 'until', (
                SELECT max(h.until) FROM dsr.hold h JOIN dsr.hold_target t ON t.library_id = h.library_id AND t.hold_id = h.id
                 WHERE h.library_id = r.library_id AND dsr.hold_is_in_force(h)
                   AND (t.request_id = r.id OR t.subject_id = r.subject_id OR t.vendor = r.vendor))) END
$function$;

ALTER FUNCTION dsr.must_stay(dsr.request) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.must_stay(dsr.request) FROM PUBLIC;
