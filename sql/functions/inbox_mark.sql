-- SPDX-License-Identifier: GPL-3.0-or-later
-- How far the folder `p_source` has been read {uidvalidity, uid}; null: not at all.
CREATE OR REPLACE FUNCTION api.inbox_mark(p_library integer, p_source text) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
BEGIN
    PERFORM dsr.gate_pass();
    PERFORM set_config('dsr.library', p_library::text, true);
    RETURN (SELECT json_build_object('uidvalidity', uidvalidity, 'uid', uid) FROM dsr.inbox_mark WHERE library_id = p_library AND source = p_source);
END
$function$;

ALTER FUNCTION api.inbox_mark(integer, text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.inbox_mark(integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.inbox_mark(integer, text) TO dsrd_inbox;
