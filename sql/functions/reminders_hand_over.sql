-- SPDX-License-Identifier: GPL-3.0-or-later
-- Plans these reminders for the managers as well: who filed for another and has no account any more, or no right to it, is not written to, and
-- the patron's deadline still comes.
CREATE OR REPLACE FUNCTION dsr.reminders_hand_over(p_reminders bigint[]) RETURNS void
    LANGUAGE sql SET dsr.reach = 'library'
AS $function$
INSERT INTO dsr.reminder (library_id, request_id, clock, kind, on_date, gather_on, repeat_days, recipient_kind, recipient_id)
SELECT d.library_id, d.request_id, d.clock, d.kind, d.on_date, d.gather_on, d.repeat_days, 'manager', a.id
  FROM dsr.reminder d JOIN dsr.request r ON r.library_id = d.library_id AND r.id = d.request_id
  JOIN dsr.account a ON a.library_id = d.library_id AND 'manager' = ANY (a.roles) AND NOT a.disabled
 WHERE d.library_id = dsr.library() AND d.id = ANY (p_reminders) AND d.recipient_kind = 'filer' AND dsr.filed_for_another(r.filer, r.subject_id)
ON CONFLICT (library_id, request_id, clock, kind, recipient_kind, recipient_id, on_date) DO NOTHING
$function$;

ALTER FUNCTION dsr.reminders_hand_over(bigint[]) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.reminders_hand_over(bigint[]) FROM PUBLIC;
