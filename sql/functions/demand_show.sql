-- SPDX-License-Identifier: GPL-3.0-or-later
-- A demand with all that is sealed of it: an entry of the audit log says who read it. For officers.
CREATE OR REPLACE FUNCTION api.demand_show(p_name text) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    d dsr.demand := dsr.demand_find(p_name);
BEGIN
    PERFORM dsr.audit_add('demand_show', 'D-' || d.n);
    RETURN (dsr.demand_json(d)::jsonb || jsonb_build_object(
        'from', dsr.envelope('demand.from_whom', d.id, d.from_whom), 'asked', dsr.envelope('demand.asked', d.id, d.asked),
        'note', dsr.envelope('demand.answer_note', d.id, d.answer_note), 
        'created_by', d.created_by, 'created_at', d.created_at, 'closed_by', d.closed_by))::json;
END
$function$;

ALTER FUNCTION api.demand_show(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.demand_show(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.demand_show(text) TO dsrd_api;
