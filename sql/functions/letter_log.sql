-- SPDX-License-Identifier: GPL-3.0-or-later
-- Writes into a request's record that a letter was sent {letter, change}: once, in one transaction with the change as
-- api.request_change() takes it; `change` is null when the record says so already. DS40R as there.
CREATE OR REPLACE FUNCTION api.letter_log(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
BEGIN
    UPDATE dsr.letter SET logged = true
     WHERE library_id = dsr.library() AND id = (p ->> 'letter')::uuid AND state = 'sent' AND NOT logged;
    IF FOUND AND coalesce(p -> 'change', 'null') <> 'null' THEN
        PERFORM api.request_change(p -> 'change');
    END IF;
    RETURN '{}';
END
$function$;

ALTER FUNCTION api.letter_log(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.letter_log(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.letter_log(jsonb) TO dsrd_api;
