-- SPDX-License-Identifier: GPL-3.0-or-later
-- Stops the reminders to the address whose mail held the link {token_hash, on}, or starts them again, in every library that writes to it. No
-- account is needed. DS404.
CREATE OR REPLACE FUNCTION api.unsubscribe(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    known dsr.recipient[];
    one dsr.recipient;
BEGIN
    PERFORM set_config('dsr.finding', 'by hash', true);
    SELECT array_agg(r ORDER BY r.library_id) INTO known FROM dsr.recipient r WHERE token_hash = decode(p ->> 'token_hash', 'hex');
    PERFORM set_config('dsr.finding', '', true);
    IF known IS NULL THEN
        PERFORM dsr.raise_error('404', 'token', 'This link is not known here, or not any more.');
    END IF;
    FOREACH one IN ARRAY known LOOP
        PERFORM set_config('dsr.library', one.library_id::text, true);
        PERFORM dsr.recipient_set(one.address_hash, (p ->> 'on')::boolean);
    END LOOP;
    RETURN json_build_object('on', p -> 'on');
END
$function$;

ALTER FUNCTION api.unsubscribe(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.unsubscribe(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.unsubscribe(jsonb) TO dsrd_api;
