-- SPDX-License-Identifier: GPL-3.0-or-later
-- Keeps the tables of a quarter {from, k, tables}. The first ones stay: another dsrd may have been faster.
CREATE OR REPLACE FUNCTION api.report_keep(p json) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
INSERT INTO dsr.report_snapshot VALUES (dsr.library(), (p ->> 'from')::date, (p ->> 'k')::int, p -> 'tables')
ON CONFLICT (library_id, quarter) DO NOTHING
$function$;

ALTER FUNCTION api.report_keep(json) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.report_keep(json) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.report_keep(json) TO dsrd_api;
