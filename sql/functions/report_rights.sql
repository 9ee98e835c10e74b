-- SPDX-License-Identifier: GPL-3.0-or-later
-- How each right is answered {from, until}. For staff and managers.
CREATE OR REPLACE FUNCTION api.report_rights(p jsonb) RETURNS json
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
SELECT dsr.report(false, (p ->> 'from')::date, (p ->> 'until')::date)
$function$;

ALTER FUNCTION api.report_rights(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.report_rights(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.report_rights(jsonb) TO dsrd_api;
