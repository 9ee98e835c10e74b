-- SPDX-License-Identifier: GPL-3.0-or-later
-- What an authority or a court is shown of a request {ref}: its record, how its dates were counted, the letters as they went out with what
-- the mail servers answered, and what came back. Of other people nothing: no note, no name of who recorded what. Letters name the person they
-- are about, who is named otherwise only to oneself. For staff and for whom the request is about; audited. DS404.
CREATE OR REPLACE FUNCTION api.request_evidence(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    r dsr.request := dsr.request_find(p ->> 'ref');
    record jsonb := api.request_show(r.ref)::jsonb;
    answer json;
BEGIN
    IF NOT (dsr.has_role('staff') OR coalesce(r.subject_id = dsr.my_subject(), false)) THEN
        PERFORM dsr.raise_error('403', '', 'Only staff and whom a request is about take evidence of it.');
    END IF;
    record := record - ARRAY['filer', 'reminders', 'messages', 'clocks', 'kept_until', 'held', 'letters', 'replies'] || jsonb_build_object(
        'request', (record -> 'request') - ARRAY['mine', 'filer', 'version'],
        'events', (SELECT coalesce(jsonb_agg(e - ARRAY['id', 'by', 'note'] || CASE WHEN e -> 'voided' = 'null' THEN '{}'
                              ELSE jsonb_build_object('voided', (e -> 'voided') - 'reason') END ORDER BY n), '[]')
                     FROM jsonb_array_elements(coalesce(nullif(record -> 'events', 'null'), '[]')) WITH ORDINALITY AS events (e, n)));
    answer := json_build_object('made_at', now(), 'library', (SELECT name FROM dsr.library WHERE id = r.library_id), 'record', record,
        'explanation', api.request_explain(r.ref), 'letters', dsr.letters_evidence(r.id), 'replies', dsr.replies_evidence(r.id));
    PERFORM dsr.audit_add('evidence', r.ref);
    RETURN answer;
END
$function$;

ALTER FUNCTION api.request_evidence(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.request_evidence(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.request_evidence(jsonb) TO dsrd_api;
