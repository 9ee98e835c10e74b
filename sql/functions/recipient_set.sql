-- SPDX-License-Identifier: GPL-3.0-or-later
-- Stops all reminders to an address, or starts them again. What waits for it is cancelled, also what may have arrived already.
CREATE OR REPLACE FUNCTION dsr.recipient_set(p_hash bytea, p_on boolean) RETURNS void
    LANGUAGE plpgsql SET dsr.reach = 'library' -- what it concerns is other people's too: none of it may be overlooked here
AS $function$
DECLARE
    concerned bigint[];
    one uuid;
BEGIN
    PERFORM dsr.gather_wait();
    -- As a mailer does that begins a try: first the mail, then the recipient.
    PERFORM FROM dsr.message
     WHERE library_id = dsr.library() AND address_hash = p_hash AND state NOT IN ('sent', 'cancelled') ORDER BY id FOR UPDATE;
    INSERT INTO dsr.recipient (library_id, address_hash, stopped_at) VALUES (dsr.library(), p_hash, CASE WHEN NOT p_on THEN now() END)
    ON CONFLICT (library_id, address_hash) DO UPDATE SET stopped_at = CASE WHEN NOT p_on THEN coalesce(dsr.recipient.stopped_at, now()) END;
    IF p_on THEN
        SELECT array_agg(DISTINCT request_id) INTO concerned FROM dsr.reminder WHERE library_id = dsr.library() AND state = 'stopped';
        PERFORM dsr.reminders_settle(concerned);
        RETURN;
    END IF;
    SELECT array_agg(DISTINCT d.request_id) INTO concerned
      FROM dsr.message m JOIN dsr.reminder d ON d.library_id = m.library_id AND d.message_id = m.id
     WHERE m.library_id = dsr.library() AND m.address_hash = p_hash AND m.state NOT IN ('sent', 'cancelled');
    PERFORM dsr.reminders_settle(concerned);
    FOR one IN
        UPDATE dsr.message m SET state = 'cancelled', bytes = NULL, version = version + 1, incarnation = NULL, lease_until = NULL
         WHERE m.library_id = dsr.library() AND m.address_hash = p_hash AND dsr.message_unwanted(m) AND m.state IN ('queued', 'leased', 'in_doubt') RETURNING m.id
    LOOP
        PERFORM dsr.message_unsent(one);
    END LOOP;
END
$function$;

ALTER FUNCTION dsr.recipient_set(bytea, boolean) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.recipient_set(bytea, boolean) FROM PUBLIC;
