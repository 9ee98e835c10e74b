-- SPDX-License-Identifier: GPL-3.0-or-later
-- Erases what is held about the caller {alias}: its own alias, as a sign that it is meant. What stays is said: see dsr.subject_erase; the
-- account, by which one comes in; and the audit log. DS409 when nothing is held, DS422 for another alias.
CREATE OR REPLACE FUNCTION api.me_erase(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    mine text := (SELECT alias FROM dsr.subject WHERE library_id = dsr.library() AND id = dsr.my_subject());
    done jsonb;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('dsr.purge', dsr.library())); -- no purge, and no hold is set meanwhile
    PERFORM dsr.gather_wait();
    IF mine IS NULL THEN
        PERFORM dsr.raise_error('409', '', 'Nothing is held about you but your account, which an operator can take away.');
    ELSIF p ->> 'alias' <> mine THEN
        PERFORM dsr.raise_error('422', 'alias', format('%s is not your alias; yours is %s.', p ->> 'alias', mine));
    END IF;
    done := dsr.subject_erase(dsr.my_subject());
    PERFORM dsr.audit_add('erase', mine, jsonb_build_object('requests', done #> '{erased,requests}',
                                                           'stays', jsonb_array_length(done -> 'stays')));
    RETURN done || jsonb_build_object('alias', mine, 'stays', (done -> 'stays') || jsonb_build_array(
        jsonb_build_object('what', 'account', 'ref', NULL, 'why', 'account', 'until', NULL),
        jsonb_build_object('what', 'audit', 'ref', NULL, 'why', 'audit', 'until', NULL)));
END
$function$;

ALTER FUNCTION api.me_erase(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.me_erase(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.me_erase(jsonb) TO dsrd_api;
