-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether a hold keeps things today: to the end of its last day in the library's zone, unless released before.
CREATE OR REPLACE FUNCTION dsr.hold_is_in_force(h dsr.hold) RETURNS boolean
    LANGUAGE sql STABLE
AS $function$
SELECT h.released_at IS NULL AND h.until >= dsr.today()
$function$;

ALTER FUNCTION dsr.hold_is_in_force(dsr.hold) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.hold_is_in_force(dsr.hold) FROM PUBLIC;
