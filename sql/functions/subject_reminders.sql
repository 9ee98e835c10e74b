-- SPDX-License-Identifier: GPL-3.0-or-later
-- Stops the reminders to a subject's address {alias, on}, or starts them again: for staff, whom people without an account ask. DS404,
-- DS409.
CREATE OR REPLACE FUNCTION api.subject_reminders(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    s dsr.subject := dsr.subject_of_alias(p ->> 'alias');
BEGIN
    IF s.email_hash IS NULL THEN
        PERFORM dsr.raise_error('409', 'on', format('No e-mail address of %s is known, so no reminders go there.', s.alias));
    END IF;
    PERFORM dsr.recipient_set(s.email_hash, (p ->> 'on')::boolean);
    PERFORM dsr.audit_add('subject_reminders', s.alias, jsonb_build_object('on', p -> 'on'));
    RETURN json_build_object('alias', s.alias, 'on', p -> 'on');
END
$function$;

ALTER FUNCTION api.subject_reminders(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.subject_reminders(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.subject_reminders(jsonb) TO dsrd_api;
