-- SPDX-License-Identifier: GPL-3.0-or-later
-- Leases messages of one library (dsr.mail_lease_here): of the next one after p_library, the last one served, that has any whose time has come, so that each gets its
-- turn. {messages, library}; no messages: there are none anywhere. With p_rate no more are leased in a minute, by all mailers of this database together: one at a
-- time, and {messages: [], wait_ms} until the next one's turn. p_attempts: so many tries in doubt, or deaths of mailers, end a message.
CREATE OR REPLACE FUNCTION api.mail_lease(p_library integer, p_incarnation uuid, p_count integer, p_seconds integer, p_pause_s integer, p_attempts integer DEFAULT 12,
                                          p_rate integer DEFAULT 0) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    one integer;
    lone boolean;
    gap interval := '0';
    next_turn timestamptz;
    answer json := '{"messages": []}';
BEGIN
    PERFORM dsr.gate_pass();
    PERFORM dsr.mailer_seen(p_incarnation, false);
    -- Each connection of a mailer makes one. After a jump of the clock they all look old: nobody waits for another's.
    DELETE FROM dsr.mailer WHERE incarnation IN (SELECT incarnation FROM dsr.mailer WHERE seen_at < now() - interval '1 day' FOR UPDATE SKIP LOCKED);
    IF p_rate > 0 THEN
        gap := interval '1 minute' / p_rate;
        SELECT next_at INTO next_turn FROM dsr.mail_pace FOR UPDATE; -- one mailer after the other
        -- A turn further away than any can be comes from a clock that was ahead.
        IF next_turn > clock_timestamp() AND next_turn <= clock_timestamp() + gap THEN
            RETURN json_build_object('messages', json_build_array(), 'wait_ms', ceil(1000 * extract(epoch FROM next_turn - clock_timestamp()))::integer);
        END IF;
        p_count := 1;
    END IF;
    SELECT alone INTO lone FROM dsr.mailer WHERE incarnation = p_incarnation;
    FOREACH one IN ARRAY ARRAY(SELECT id FROM unnest(dsr.libraries()) id ORDER BY id <= p_library, id) LOOP
        PERFORM set_config('dsr.library', one::text, true);
        answer := dsr.mail_lease_here(p_incarnation, p_count, p_seconds, p_pause_s, p_attempts, lone);
        EXIT WHEN json_array_length(answer -> 'messages') > 0;
    END LOOP;
    IF json_array_length(answer -> 'messages') > 0 THEN
        UPDATE dsr.mailer SET alone = NOT alone WHERE incarnation = p_incarnation;
        UPDATE dsr.mail_pace SET next_at = clock_timestamp() + gap, pause = gap WHERE p_rate > 0;
    END IF;
    RETURN answer;
END
$function$;

ALTER FUNCTION api.mail_lease(integer, uuid, integer, integer, integer, integer, integer) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.mail_lease(integer, uuid, integer, integer, integer, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.mail_lease(integer, uuid, integer, integer, integer, integer, integer) TO dsrd_mailer;
