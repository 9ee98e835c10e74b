-- SPDX-License-Identifier: GPL-3.0-or-later
-- Gives back what a mailer has leased and not tried: it stops, or the relay cannot be reached and trying the rest would only wait again.
CREATE OR REPLACE FUNCTION api.mail_release(p_library integer, p_incarnation uuid, p_pause_s integer) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    released integer;
BEGIN
    PERFORM dsr.gate_pass();
    PERFORM set_config('dsr.library', p_library::text, true);
    UPDATE dsr.message SET state = CASE WHEN bytes IS NULL OR kind = 'letter' THEN 'queued' ELSE 'in_doubt' END, incarnation = NULL, lease_until = NULL,
           -- Without a pause it keeps the time since which it could go: by that a standstill is known (dsr.mail_counts).
           next_at = CASE WHEN p_pause_s > 0 THEN greatest(next_at, clock_timestamp() + make_interval(secs => p_pause_s)) ELSE next_at END
     WHERE library_id = p_library AND state = 'leased' AND incarnation = p_incarnation;
    GET DIAGNOSTICS released = ROW_COUNT;
    RETURN json_build_object('released', released);
END
$function$;

ALTER FUNCTION api.mail_release(integer, uuid, integer) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.mail_release(integer, uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.mail_release(integer, uuid, integer) TO dsrd_mailer;
