-- SPDX-License-Identifier: GPL-3.0-or-later
-- Puts a new plan [{clock, kind, on, repeat_days, to, asked: just now}] in the place of what has not been sent. A mail not yet tried loses what no
-- longer holds, and is cancelled when nothing is left in it. One tried before may have told it; should it prove not to have, it is
-- composed anew without what no longer holds (dsr.verdict_apply).
CREATE OR REPLACE FUNCTION dsr.reminders_replace(r dsr.request, p_plan jsonb) RETURNS void
    LANGUAGE plpgsql SET dsr.reach = 'library' -- a mail may hold other people's reminders too: none of them may be overlooked here
AS $function$
DECLARE
    untried uuid[];
    tried uuid[];
    waits boolean := dsr.reply_waits(r.id);
    plan jsonb := coalesce((SELECT jsonb_agg(item) FROM jsonb_array_elements(p_plan) AS w (item)
                             WHERE item ->> 'kind' <> 'own' OR dsr.own_time_matters(r)), '[]');
BEGIN
    -- Two that work at this very moment are waited for, each by a statement of its own, so that the next one sees what they did: the
    -- scheduler, which plans the next repeat of what it gathers, and a mailer at the beginning or the end of a try.
    PERFORM FROM dsr.reminder WHERE library_id = r.library_id AND request_id = r.id AND state = 'planned' FOR UPDATE;
    DELETE FROM dsr.reminder d WHERE d.library_id = r.library_id AND d.request_id = r.id AND (d.state IN ('planned', 'stopped')
              OR (d.state = 'cancelled' AND NOT EXISTS (SELECT FROM dsr.message m WHERE m.library_id = d.library_id AND m.id = d.message_id AND m.state <> 'cancelled')))
       AND NOT (d.state = 'planned' AND dsr.reminder_is_wished(d, plan))
       AND NOT (d.kind IN ('replied', 'bounced') AND waits); -- that something came stays worth telling
    SELECT array_agg(id) FILTER (WHERE state IN ('queued', 'leased') AND bytes IS NULL),
           array_agg(id) FILTER (WHERE state NOT IN ('queued', 'leased') OR bytes IS NOT NULL)
      INTO untried, tried
      FROM (SELECT m.id, m.state, m.bytes FROM dsr.message m
             WHERE m.library_id = r.library_id AND m.state NOT IN ('sent', 'cancelled')
               AND m.id IN (SELECT message_id FROM dsr.reminder
                             WHERE library_id = r.library_id AND request_id = r.id AND state IN ('gathered', 'cancelled'))
             ORDER BY m.id FOR UPDATE) unfinished;
    IF untried IS NOT NULL THEN
        DELETE FROM dsr.reminder d WHERE library_id = r.library_id AND request_id = r.id AND state = 'gathered' AND message_id = ANY (untried)
           AND NOT dsr.reminder_is_wished(d, plan) AND NOT (kind IN ('replied', 'bounced') AND waits);
        PERFORM dsr.messages_revise(untried);
    END IF;
    IF tried IS NOT NULL THEN
        UPDATE dsr.reminder d SET state = CASE WHEN EXISTS (
                   SELECT FROM jsonb_array_elements(plan) AS w (item)
                    WHERE w.item ->> 'clock' = d.clock AND w.item ->> 'kind' = d.kind AND w.item -> 'to' ? d.recipient_kind
                      AND (w.item ->> 'on')::date <= m.day) THEN 'gathered' ELSE 'cancelled' END
          FROM dsr.message m
         WHERE d.library_id = r.library_id AND d.request_id = r.id AND d.state IN ('gathered', 'cancelled') AND d.message_id = ANY (tried) AND NOT (d.kind IN ('replied', 'bounced') AND waits)
           AND m.library_id = d.library_id AND m.id = d.message_id;
    END IF;
    INSERT INTO dsr.reminder (library_id, request_id, clock, kind, on_date, gather_on, repeat_days, recipient_kind, recipient_id)
    SELECT r.library_id, r.id, w.item ->> 'clock', w.item ->> 'kind', (w.item ->> 'on')::date, (w.item ->> 'on')::date,
           (w.item ->> 'repeat_days')::int, whom.kind, whom.id
      FROM jsonb_array_elements(plan) AS w (item)
     CROSS JOIN LATERAL (
        SELECT 'filer' AS kind, r.filer AS id WHERE w.item -> 'to' ? 'filer'
        UNION ALL SELECT 'subject', r.subject_id WHERE w.item -> 'to' ? 'subject'
        UNION ALL SELECT 'manager', a.id FROM dsr.account a
                   WHERE w.item -> 'to' ? 'manager' AND a.library_id = r.library_id AND 'manager' = ANY (a.roles) AND NOT a.disabled) whom
     -- A day that has gone by comes no more, and what was asked for before the request was closed ended then; what still waits was kept above.
     WHERE NOT (w.item ->> 'kind' = 'wanted' AND ((w.item ->> 'on')::date < dsr.today() OR (r.state = 'closed' AND NOT w.item ? 'asked')))
     -- Who was told on that day or later is not told again because the record was corrected.
       AND NOT EXISTS (SELECT FROM dsr.reminder t JOIN dsr.message m ON m.library_id = t.library_id AND m.id = t.message_id
                        WHERE t.library_id = r.library_id AND t.request_id = r.id AND t.clock = w.item ->> 'clock'
                          AND t.kind = w.item ->> 'kind' AND t.recipient_kind = whom.kind AND t.recipient_id = whom.id
                          AND t.state IN ('gathered', 'sent') AND m.day >= (w.item ->> 'on')::date)
    ON CONFLICT (library_id, request_id, clock, kind, recipient_kind, recipient_id, on_date) DO NOTHING;
    IF FOUND THEN
        PERFORM dsr.reminders_wake();
    END IF;
END
$function$;

ALTER FUNCTION dsr.reminders_replace(dsr.request, jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.reminders_replace(dsr.request, jsonb) FROM PUBLIC;
