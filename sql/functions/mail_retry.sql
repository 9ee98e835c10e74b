-- SPDX-License-Identifier: GPL-3.0-or-later
-- Queues a failed, waiting or doubtful message to be tried now. DS404; DS409 when it has been sent or is under way.
CREATE OR REPLACE FUNCTION api.mail_retry(p_id text) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    m dsr.message := dsr.message_find(p_id);
BEGIN
    IF m.kind = 'letter' THEN
        PERFORM dsr.raise_error('409', 'id', 'This mail is a letter to a vendor: who has approved it decides, by `dsr mail resolve` or `dsr send`.');
    END IF;
    IF m.state = 'failed' AND m.bytes IS NULL AND NOT dsr.message_has_matter(m) THEN
        PERFORM dsr.raise_error('409', 'id', 'What this mail was to remind of has been done meanwhile; there is nothing left to send.');
    END IF;
    IF m.kind = 'reminder' AND dsr.address_stopped(m.address_hash) THEN
        PERFORM dsr.raise_error('409', 'id', 'No reminders are wanted at the address of this mail any more.');
    END IF;
    UPDATE dsr.message SET state = 'queued', next_at = clock_timestamp()
     WHERE library_id = m.library_id AND id = m.id AND state IN ('failed', 'in_doubt', 'queued');
    IF NOT FOUND THEN
        PERFORM dsr.raise_error('409', 'id', format('This message is %s; only failed, waiting or doubtful ones can be tried again.', m.state));
    END IF;
    NOTIFY dsr, 'outbox';
    RETURN json_build_object('id', m.id, 'state', 'queued');
END
$function$;

ALTER FUNCTION api.mail_retry(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.mail_retry(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.mail_retry(text) TO dsrd_api;
