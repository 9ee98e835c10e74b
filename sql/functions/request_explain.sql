-- SPDX-License-Identifier: GPL-3.0-or-later
-- Every step of every date of a request, as it was computed. DS404.
CREATE OR REPLACE FUNCTION api.request_explain(p_ref text) RETURNS json
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    r dsr.request := dsr.request_find(p_ref);
BEGIN
    RETURN json_build_object('ref', r.ref, 'vendor', r.vendor, 'law', r.law, 'law_name', r.law_name, 'right', r."right",
        'vendor_name', (SELECT name FROM dsr.vendor WHERE library_id = r.library_id AND slug = r.vendor),
        'state', r.state, 'received', r.received, 'received_assumed', r.received_assumed, 'zone', r.zone, 'calendar', r.calendar,
        'clocks', dsr.clocks_json(r.id, true));
END
$function$;

ALTER FUNCTION api.request_explain(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.request_explain(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.request_explain(text) TO dsrd_api;
