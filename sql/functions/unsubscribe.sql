-- SPDX-License-Identifier: GPL-3.0-or-later
-- Stops the reminders to the address whose mail held the link {token_hash, on}, or starts them again. No account is needed. DS404.
CREATE OR REPLACE FUNCTION api.unsubscribe(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    address bytea := (SELECT address_hash FROM dsr.recipient
                       WHERE library_id = dsr.library() AND token_hash = decode(p ->> 'token_hash', 'hex'));
BEGIN
    IF address IS NULL THEN
        PERFORM dsr.raise_error('404', 'token', 'This link is not known here, or not any more.');
    END IF;
    PERFORM dsr.recipient_set(address, (p ->> 'on')::boolean);
    RETURN json_build_object('on', p -> 'on');
END
$function$;

ALTER FUNCTION api.unsubscribe(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.unsubscribe(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.unsubscribe(jsonb) TO dsrd_api;
