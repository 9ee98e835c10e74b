-- SPDX-License-Identifier: GPL-3.0-or-later
-- Puts what falls due today into mails {limit, every_ms, quiet_from, quiet_until, weekends, digest, audit}, one per address and day. The library's zone and
-- the database's clock decide; in quiet hours and, unless allowed, at weekends nothing is gathered, and the mailers, which find these
-- hours in dsr.library, hold back what waits. What falls due and may not go out (dsr.reminder_stopped) is stopped. Called by the
-- scheduler; two at once do not meet: the second is told how long ago one
-- last looked {busy, looked_ms}.
CREATE OR REPLACE FUNCTION api.reminders_gather(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    local timestamp := now() AT TIME ZONE (SELECT zone FROM dsr.library WHERE id = dsr.library());
    due record;
    mail uuid;
    mails integer := 0;
    gathered integer := 0;
    scanned integer := 0;
BEGIN
    IF clock_timestamp() < now() THEN -- the clock has just gone back: what was due is not
        RETURN json_build_object('messages', 0, 'reminders', 0, 'more', false);
    END IF;
    IF NOT pg_try_advisory_xact_lock(hashtextextended('dsr.gather', dsr.library())) THEN
        RETURN json_build_object('messages', 0, 'reminders', 0, 'more', false, 'busy', true,
                                 'looked_ms', (SELECT greatest(1000 * extract(epoch FROM now() - looked_at), 0)::bigint FROM dsr.look WHERE library_id = dsr.library()));
    END IF;
    INSERT INTO dsr.look (library_id, looked_at, every) VALUES (dsr.library(), now(), make_interval(secs => coalesce((p ->> 'every_ms')::int, 30000) / 1000.0))
    ON CONFLICT (library_id) DO UPDATE SET looked_at = excluded.looked_at, every = excluded.every;
    UPDATE dsr.library SET quiet_from = (p ->> 'quiet_from')::time, quiet_until = (p ->> 'quiet_until')::time,
           weekends = (p ->> 'weekends')::boolean
     WHERE id = dsr.library() AND (quiet_from, quiet_until, weekends)
           IS DISTINCT FROM ((p ->> 'quiet_from')::time, (p ->> 'quiet_until')::time, (p ->> 'weekends')::boolean);
    PERFORM dsr.time_note();
    PERFORM dsr.authorities_expire(local::date);
    IF dsr.reminders_rest(now()) THEN
        RETURN json_build_object('messages', 0, 'reminders', 0, 'more', false);
    END IF;
    IF (p ->> 'digest')::boolean THEN
        mails := dsr.digests_gather(local::date);
    END IF;
    IF (p ->> 'audit')::boolean THEN
        mails := mails + dsr.audit_mails_gather(local::date);
    END IF;
    FOR due IN
        WITH batch AS MATERIALIZED (
            SELECT id, request_id, recipient_kind, recipient_id, dsr.reminder_stopped(w) AS stopped FROM dsr.reminder w
             WHERE library_id = dsr.library() AND state = 'planned' AND gather_on <= local::date
               -- The day after may have begun here and not yet where the vendor is: nobody is called late before that.
               AND NOT (kind = 'overdue' AND EXISTS (
                   SELECT FROM dsr.request r JOIN dsr.clock c ON c.library_id = r.library_id AND c.request_id = r.id
                    WHERE r.library_id = w.library_id AND r.id = w.request_id AND c.clock = w.clock
                      AND now() < (c.latest + 1)::timestamp AT TIME ZONE r.zone))
             ORDER BY gather_on, id LIMIT (p ->> 'limit')::int FOR UPDATE SKIP LOCKED)
        SELECT CASE recipient_kind WHEN 'subject' THEN 'subject' ELSE 'account' END AS kind, b.recipient_id AS id,
               CASE recipient_kind WHEN 'subject' THEN s.email_hash ELSE a.email_hash END AS hash, b.stopped, array_agg(b.id) AS reminders
          FROM batch b
          LEFT JOIN dsr.account a ON b.recipient_kind <> 'subject' AND a.library_id = dsr.library() AND a.id = b.recipient_id AND NOT a.disabled
               -- Who no longer works here is told nothing more about others.
               AND ('staff' = ANY (a.roles) OR (b.recipient_kind = 'manager' AND 'manager' = ANY (a.roles))
                    OR a.subject_id = (SELECT r.subject_id FROM dsr.request r WHERE r.library_id = dsr.library() AND r.id = b.request_id))
          LEFT JOIN dsr.subject s ON b.recipient_kind = 'subject' AND s.library_id = dsr.library() AND s.id = b.recipient_id
         GROUP BY 1, 2, 3, 4
    LOOP
        scanned := scanned + cardinality(due.reminders);
        IF due.stopped OR due.hash IS NULL THEN -- nobody to write to, until an account is open again or an address is known (dsr.reminders_revive)
            IF NOT due.stopped THEN
                PERFORM dsr.reminders_hand_over(due.reminders);
            END IF;
            UPDATE dsr.reminder SET state = 'stopped' WHERE library_id = dsr.library() AND id = ANY (due.reminders);
            CONTINUE;
        END IF;
        mail := dsr.message_for(due.kind, due.id, due.hash, local::date);
        -- Nothing more goes into today's mail; but one that is just being tried may be waiting again a moment later: the next scan sees.
        IF mail IS NULL AND NOT EXISTS (SELECT FROM dsr.message WHERE library_id = dsr.library() AND address_hash = due.hash AND day = local::date
                                           AND kind = 'reminder' AND state IN ('sent', 'failed', 'in_doubt')) THEN
            scanned := scanned - cardinality(due.reminders);
            CONTINUE;
        END IF;
        IF mail IS NULL THEN
            UPDATE dsr.reminder SET gather_on = local::date + 1 WHERE library_id = dsr.library() AND id = ANY (due.reminders);
            CONTINUE;
        END IF;
        UPDATE dsr.reminder SET state = 'gathered', message_id = mail WHERE library_id = dsr.library() AND id = ANY (due.reminders);
        UPDATE dsr.message m SET pressing = least(m.pressing, (
                SELECT min(coalesce(dsr.deadline(c.due, c.latest, r.zone), d.on_date))
                  FROM dsr.reminder d JOIN dsr.request r ON r.library_id = d.library_id AND r.id = d.request_id
                  LEFT JOIN dsr.clock c ON c.library_id = r.library_id AND c.request_id = r.id AND c.clock = coalesce(nullif(d.clock, ''), r.clock)
                 WHERE d.library_id = m.library_id AND d.id = ANY (due.reminders)))
         WHERE m.library_id = dsr.library() AND m.id = mail;
        INSERT INTO dsr.reminder (library_id, request_id, clock, kind, on_date, gather_on, repeat_days, recipient_kind, recipient_id)
        SELECT library_id, request_id, clock, kind, next_on, next_on, repeat_days, recipient_kind, recipient_id
          FROM (SELECT d.*, on_date + repeat_days * ((local::date - on_date) / repeat_days + 1) AS next_on FROM dsr.reminder d
                 WHERE library_id = dsr.library() AND id = ANY (due.reminders) AND repeat_days > 0) again
        ON CONFLICT (library_id, request_id, clock, kind, recipient_kind, recipient_id, on_date) DO NOTHING;
        mails := mails + 1;
        gathered := gathered + cardinality(due.reminders);
    END LOOP;
    IF mails > 0 THEN
        NOTIFY dsr, 'outbox';
    END IF;
    RETURN json_build_object('messages', mails, 'reminders', gathered, 'more', scanned = (p ->> 'limit')::int);
END
$function$;

ALTER FUNCTION api.reminders_gather(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.reminders_gather(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.reminders_gather(jsonb) TO dsrd_api;
