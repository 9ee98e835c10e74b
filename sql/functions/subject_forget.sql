-- SPDX-License-Identifier: GPL-3.0-or-later
-- Erases what is held about a subject without an account {alias, reason}, at that person's wish and by staff. What stays is said: see
-- dsr.subject_erase; an account that is closed; and the audit log, which keeps alias and reason and names nobody. DS404, DS409.
CREATE OR REPLACE FUNCTION api.subject_forget(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    s dsr.subject;
    closed boolean;
    done jsonb;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('dsr.purge', dsr.library())); -- no purge, and no hold is set meanwhile
    PERFORM dsr.gather_wait();
    s := dsr.subject_without_account(p ->> 'alias', 'dsr me erase');
    closed := EXISTS (SELECT FROM dsr.account WHERE library_id = s.library_id AND subject_id = s.id);
    done := dsr.subject_erase(s.id);
    PERFORM dsr.audit_add('subject_erase', s.alias, jsonb_build_object('reason', p -> 'reason', 'requests', done #> '{erased,requests}',
                                                                       'stays', jsonb_array_length(done -> 'stays')));
    RETURN done || jsonb_build_object('alias', s.alias, 'stays', (done -> 'stays')
        || CASE WHEN closed THEN jsonb_build_array(jsonb_build_object('what', 'account', 'ref', NULL, 'why', 'account', 'until', NULL))
                ELSE '[]' END
        || jsonb_build_array(jsonb_build_object('what', 'audit', 'ref', NULL, 'why', 'audit', 'until', NULL)));
END
$function$;

ALTER FUNCTION api.subject_forget(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.subject_forget(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.subject_forget(jsonb) TO dsrd_api;
