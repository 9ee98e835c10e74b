-- SPDX-License-Identifier: GPL-3.0-or-later
-- All that a letter about a request is written from {ref, reveal}: the request with its vendor's document, and who it is for. That names a
-- person, so `reveal` is audited like api.subject_reveal(), unless it is the person itself. DS404.
CREATE OR REPLACE FUNCTION api.letter_state(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    r dsr.request := dsr.request_find(p ->> 'ref');
    own boolean := coalesce(r.subject_id = dsr.my_subject(), false);
    answer jsonb;
BEGIN
    SELECT dsr.request_state_json(r)::jsonb || jsonb_build_object(
               'own', own, 'status', dsr.status_of(r, now(), 0), 'next', dsr.next_json(r),
               'authority_ended', dsr.authority_ended(r),
               'name', dsr.envelope('subject.name', s.id, s.name), 'email', dsr.envelope('subject.email', s.id, s.email),
               'letters', (SELECT coalesce(json_agg(dsr.letter_json(l, false) ORDER BY l.approved_at), '[]') FROM dsr.letter l
                            WHERE l.library_id = r.library_id AND l.request_id = r.id))
      INTO answer
      FROM dsr.subject s WHERE s.library_id = r.library_id AND s.id = r.subject_id;
    IF (p ->> 'reveal')::boolean AND NOT own THEN
        PERFORM dsr.audit_add('subject_reveal', answer #>> '{subject,alias}', jsonb_build_object('reason', 'letter', 'ref', r.ref));
    END IF;
    RETURN answer;
END
$function$;

ALTER FUNCTION api.letter_state(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.letter_state(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.letter_state(jsonb) TO dsrd_api;
