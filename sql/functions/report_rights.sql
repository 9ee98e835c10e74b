-- SPDX-License-Identifier: GPL-3.0-or-later
-- How each right is answered {from, until}. For staff, who may see each request anyway; others get what is published.
CREATE OR REPLACE FUNCTION api.report_rights(p jsonb) RETURNS json
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
SELECT dsr.report(false, (p ->> 'from')::date, (p ->> 'until')::date) WHERE dsr.has_role('staff')
$function$;

ALTER FUNCTION api.report_rights(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.report_rights(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.report_rights(jsonb) TO dsrd_api;
