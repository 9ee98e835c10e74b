-- SPDX-License-Identifier: GPL-3.0-or-later
-- Leases messages of one library (dsr.mail_lease_here): of the next one after p_library, the last one served, that has any whose time has come, so that each gets its
-- turn. {messages, library}; no messages: there are none anywhere.
CREATE OR REPLACE FUNCTION api.mail_lease(p_library integer, p_incarnation uuid, p_count integer, p_seconds integer, p_pause_s integer) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    one integer;
    answer json := '{"messages": []}';
BEGIN
    PERFORM dsr.gate_pass();
    FOREACH one IN ARRAY ARRAY(SELECT id FROM unnest(dsr.libraries()) id ORDER BY id <= p_library, id) LOOP
        PERFORM set_config('dsr.library', one::text, true);
        answer := dsr.mail_lease_here(p_incarnation, p_count, p_seconds, p_pause_s);
        EXIT WHEN json_array_length(answer -> 'messages') > 0;
    END LOOP;
    RETURN answer;
END
$function$;

ALTER FUNCTION api.mail_lease(integer, uuid, integer, integer, integer) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.mail_lease(integer, uuid, integer, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.mail_lease(integer, uuid, integer, integer, integer) TO dsrd_mailer;
