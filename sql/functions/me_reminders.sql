-- SPDX-License-Identifier: GPL-3.0-or-later
-- Stops the reminders to the caller's own addresses {on}, or starts them again. DS409 when there is no address.
CREATE OR REPLACE FUNCTION api.me_reminders(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    address bytea;
    found_any boolean := false;
BEGIN
    FOR address IN SELECT unnest(dsr.addresses_of(dsr.me(), dsr.my_subject())) ORDER BY 1 LOOP
        found_any := true;
        PERFORM dsr.recipient_set(address, (p ->> 'on')::boolean);
    END LOOP;
    IF NOT found_any THEN
        PERFORM dsr.raise_error('409', 'on', 'Your account has no e-mail address, so no reminders reach you.');
    END IF;
    RETURN json_build_object('on', p -> 'on');
END
$function$;

ALTER FUNCTION api.me_reminders(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.me_reminders(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.me_reminders(jsonb) TO dsrd_api;
