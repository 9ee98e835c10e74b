-- SPDX-License-Identifier: GPL-3.0-or-later
-- How each vendor answers {from, until}. For staff, who may see each request anyway; others get what is published.
CREATE OR REPLACE FUNCTION api.report_vendors(p jsonb) RETURNS json
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
SELECT dsr.report(true, (p ->> 'from')::date, (p ->> 'until')::date) WHERE dsr.has_role('staff')
$function$;

ALTER FUNCTION api.report_vendors(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.report_vendors(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.report_vendors(jsonb) TO dsrd_api;
