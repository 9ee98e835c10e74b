-- SPDX-License-Identifier: GPL-3.0-or-later
-- Everything held about the caller, page by page as dsr.export_page() has it. Each page is an entry of the audit log.
CREATE OR REPLACE FUNCTION api.me_export(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    s uuid := dsr.my_subject();
    answer json := dsr.export_page(p, dsr.me(), s);
BEGIN
    PERFORM dsr.audit_add('export', coalesce((SELECT alias FROM dsr.subject WHERE library_id = dsr.library() AND id = s), dsr.me()::text));
    RETURN answer;
END
$function$;

ALTER FUNCTION api.me_export(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.me_export(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.me_export(jsonb) TO dsrd_api;
