-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who a data subject is {alias, reason}: name, e-mail and residence. For staff and officers, and audited in the same transaction, with the
-- reason, one of a few words. DS404.
CREATE OR REPLACE FUNCTION api.subject_reveal(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    s dsr.subject;
BEGIN
    IF NOT (dsr.has_role('staff') OR dsr.has_role('officer')) THEN
        PERFORM dsr.raise_error('403', '', 'Only staff and privacy officers see who somebody is.');
    END IF;
    SELECT * INTO s FROM dsr.subject WHERE library_id = dsr.library() AND alias = p ->> 'alias';
    IF s.id IS NULL THEN
        PERFORM dsr.raise_error('404', 'alias', format('There is no subject %s; `dsr subject list` shows them.', p ->> 'alias'));
    END IF;
    PERFORM dsr.audit_add('subject_reveal', s.alias, jsonb_build_object('reason', p ->> 'reason'));
    RETURN json_build_object('alias', s.alias, 'residence', s.residence, 'name', dsr.envelope('subject.name', s.id, s.name),
                             'email', dsr.envelope('subject.email', s.id, s.email), 'since', s.created_at::date,
                             'has_account', EXISTS (SELECT FROM dsr.account WHERE library_id = s.library_id AND subject_id = s.id));
END
$function$;

ALTER FUNCTION api.subject_reveal(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.subject_reveal(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.subject_reveal(jsonb) TO dsrd_api;
