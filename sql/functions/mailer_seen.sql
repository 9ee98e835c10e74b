-- SPDX-License-Identifier: GPL-3.0-or-later
-- A mailer was heard of, and a mail of it was taken by the relay or not. Written now and then; one that is silent for a minute is at no work.
CREATE OR REPLACE FUNCTION dsr.mailer_seen(p_incarnation uuid, p_sent boolean) RETURNS void
    LANGUAGE sql
AS $function$
INSERT INTO dsr.mailer AS m (incarnation, seen_at, sent_at) VALUES (p_incarnation, now(), CASE WHEN p_sent THEN now() END)
ON CONFLICT (incarnation) DO UPDATE SET seen_at = now(), sent_at = coalesce(excluded.sent_at, m.sent_at)
 WHERE m.seen_at NOT BETWEEN now() - interval '10 seconds' AND now()
    OR (p_sent AND coalesce(m.sent_at NOT BETWEEN now() - interval '10 seconds' AND now(), true))
$function$;

ALTER FUNCTION dsr.mailer_seen(uuid, boolean) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.mailer_seen(uuid, boolean) FROM PUBLIC;
