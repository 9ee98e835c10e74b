-- SPDX-License-Identifier: GPL-3.0-or-later
-- Ends a hold before its last day; `open_demands` of the answer are those without an answer that rest on it. DS404; DS409 when it has ended already. For officers.
CREATE OR REPLACE FUNCTION api.hold_release(p_id text) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    found_hold dsr.hold;
    open_demands text[];
BEGIN
    SELECT * INTO found_hold FROM dsr.hold
     WHERE library_id = dsr.library() AND id::text = lower(p_id) FOR UPDATE;
    IF found_hold.id IS NULL THEN
        PERFORM dsr.raise_error('404', 'id', 'There is no such hold; `dsr hold list` shows them.');
    ELSIF NOT dsr.hold_is_in_force(found_hold) THEN
        PERFORM dsr.raise_error('409', 'id', 'This hold has ended already.');
    END IF;
    UPDATE dsr.hold SET released_at = now(), released_by = dsr.me() WHERE library_id = found_hold.library_id AND id = found_hold.id;
    open_demands := ARRAY(SELECT 'D-' || n FROM dsr.demand
                           WHERE library_id = found_hold.library_id AND hold_id = found_hold.id AND answer IS NULL ORDER BY n);
    PERFORM dsr.audit_add('hold_release', found_hold.id::text,
                          CASE WHEN open_demands <> '{}' THEN jsonb_build_object('open_demands', open_demands) ELSE '{}' END);
    RETURN (dsr.hold_json(found_hold.id)::jsonb || jsonb_build_object('open_demands', open_demands))::json;
END
$function$;

ALTER FUNCTION api.hold_release(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.hold_release(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.hold_release(text) TO dsrd_api;
