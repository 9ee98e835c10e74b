-- SPDX-License-Identifier: GPL-3.0-or-later
-- What of this library stands still, though it should go on: [{what: reminders or mail, since, text}], empty when all goes well. Reminders: no
-- scheduler has finished a look for a minute more than it means to pause. Mail: one could go for a minute (p_due_since, as dsr.mail_counts has it), and
-- the relay has taken none since.
CREATE OR REPLACE FUNCTION dsr.standstill(p_due_since timestamptz) RETURNS jsonb
    LANGUAGE plpgsql STABLE
AS $function$
DECLARE
    answer jsonb := '[]';
    looked timestamptz;
    seen timestamptz;
    sent timestamptz;
    pause interval;
    zone text := (SELECT l.zone FROM dsr.library l WHERE l.id = dsr.library());
    patience constant interval := '15 seconds'; -- beyond the pause between two looks, so that a look every 30 seconds is missed within a minute
BEGIN
    SELECT looked_at INTO looked FROM dsr.look WHERE library_id = dsr.library() AND now() - looked_at > every + patience;
    IF looked IS NOT NULL THEN
        answer := answer || jsonb_build_array(jsonb_build_object('what', 'reminders', 'since', looked,
            'text', format('Since %s nobody has looked for reminders that fall due: is `dsrd api` at work, or does a session of the database hold it up?',
                           to_char(looked AT TIME ZONE zone, 'YYYY-MM-DD HH24:MI'))));
    END IF;
    SELECT max(seen_at), max(sent_at) INTO seen, sent FROM dsr.mailer WHERE seen_at <= now();
    SELECT mail_pace.pause INTO pause FROM dsr.mail_pace;
    IF p_due_since < now() - interval '1 minute' AND coalesce(sent < now() - greatest(interval '1 minute', 2 * pause), true) THEN
        p_due_since := greatest(p_due_since, sent);
        answer := answer || jsonb_build_array(jsonb_build_object('what', 'mail', 'since', p_due_since,
            'text', format(CASE WHEN seen >= now() - interval '1 minute' THEN 'Since %s mail waits and the relay has taken none: the log of the mailers says why.'
                                ELSE 'Since %s mail waits, and no mailer is at work.' END, to_char(p_due_since AT TIME ZONE zone, 'YYYY-MM-DD HH24:MI'))));
    END IF;
    RETURN answer;
END
$function$;

ALTER FUNCTION dsr.standstill(timestamptz) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.standstill(timestamptz) FROM PUBLIC;
