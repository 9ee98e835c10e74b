-- SPDX-License-Identifier: GPL-3.0-or-later
-- Everything held about a subject without an account, page by page {alias, limit, cursor}, for the staff who hand it to that person: as
-- dsr.export_page() has it, and as that person would see it, so without the names of staff. Each page is an entry of the audit log. DS404, DS409.
CREATE OR REPLACE FUNCTION api.subject_export(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    s dsr.subject := dsr.subject_without_account(p ->> 'alias', 'dsr me export');
    closed uuid := (SELECT id FROM dsr.account WHERE library_id = s.library_id AND subject_id = s.id ORDER BY created_at LIMIT 1);
    staff text[] := ARRAY[current_setting('dsr.account', true), current_setting('dsr.roles', true), current_setting('dsr.reach', true),
                          coalesce(current_setting('dsr.subject', true), '')];
    answer json;
BEGIN
    PERFORM set_config('dsr.account', coalesce(closed, s.id)::text, true), set_config('dsr.roles', 'patron', true),
            set_config('dsr.reach', 'own', true), set_config('dsr.subject', s.id::text, true);
    answer := dsr.export_page(p, closed, s.id);
    PERFORM set_config('dsr.account', staff[1], true), set_config('dsr.roles', staff[2], true), set_config('dsr.reach', staff[3], true),
            set_config('dsr.subject', staff[4], true);
    PERFORM dsr.audit_add('subject_export', s.alias);
    RETURN answer;
END
$function$;

ALTER FUNCTION api.subject_export(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.subject_export(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.subject_export(jsonb) TO dsrd_api;
