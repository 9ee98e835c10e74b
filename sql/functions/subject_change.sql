-- SPDX-License-Identifier: GPL-3.0-or-later
-- Corrects a data subject {id, residence, name_sealed, email_sealed, email_hash}: what is absent stays, a null takes it away. For
-- staff; audited with what was changed and not to what. DS404.
CREATE OR REPLACE FUNCTION api.subject_change(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    s dsr.subject;
    known bytea;
BEGIN
    PERFORM dsr.gather_wait();
    known := (SELECT email_hash FROM dsr.subject WHERE library_id = dsr.library() AND id = (p ->> 'id')::uuid FOR UPDATE);
    IF NOT dsr.has_role('staff') THEN
        PERFORM dsr.raise_error('403', '', 'Only staff change what is recorded of a person.');
    END IF;
    -- Who files a request for this person now worked it out with what was recorded before: the version lets them read again.
    UPDATE dsr.subject SET version = version + 1,
           residence = coalesce(p ->> 'residence', residence),
           name = CASE WHEN p ? 'name_sealed' THEN decode(p ->> 'name_sealed', 'base64') ELSE name END,
           email = CASE WHEN p ? 'email_sealed' THEN decode(p ->> 'email_sealed', 'base64') ELSE email END,
           email_hash = CASE WHEN p ? 'email_sealed' THEN decode(p ->> 'email_hash', 'hex') ELSE email_hash END
     WHERE library_id = dsr.library() AND id = (p ->> 'id')::uuid RETURNING * INTO s;
    IF s.id IS NULL THEN
        PERFORM dsr.raise_error('404', 'alias', 'There is no such subject any more.');
    END IF;
    IF s.email_hash IS DISTINCT FROM known THEN
        PERFORM dsr.recipient_moved(s.id, s.email_hash);
    END IF;
    PERFORM dsr.audit_add('subject_change', s.alias, jsonb_build_object('changed', (
        SELECT jsonb_agg(split_part(k, '_', 1) ORDER BY k) FROM jsonb_object_keys(p) AS keys (k)
         WHERE k IN ('residence', 'name_sealed', 'email_sealed'))));
    RETURN json_build_object('alias', s.alias, 'residence', s.residence, 'has_name', s.name IS NOT NULL, 'has_email', s.email IS NOT NULL);
END
$function$;

ALTER FUNCTION api.subject_change(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.subject_change(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.subject_change(jsonb) TO dsrd_api;
