-- SPDX-License-Identifier: GPL-3.0-or-later
-- Lets the laws {hash} be the ones in force, from now on and for every daemon; catalogue_finish() is called when every open request is
-- counted by them. For operators.
CREATE OR REPLACE FUNCTION api.catalogue_begin(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    one integer;
    home integer := dsr.library();
    operator text := current_setting('dsr.account', true);
BEGIN
    IF NOT dsr.has_role('operator') THEN
        PERFORM dsr.raise_error('403', '', 'Only an operator applies laws.');
    END IF;
    UPDATE dsr.catalogue SET hash = p ->> 'hash', applied_at = now(), finished = false;
    NOTIFY dsr, 'catalogue'; -- each dsrd looks whether its laws are these
    -- The others' logs say it too; by whom is not theirs to know. By number, as all do that write into several.
    FOREACH one IN ARRAY dsr.libraries() LOOP
        PERFORM set_config('dsr.library', one::text, true), set_config('dsr.account', CASE WHEN one = home THEN operator ELSE '' END, true);
        PERFORM dsr.audit_add('laws', p ->> 'hash');
    END LOOP;
    RETURN json_build_object('applied', p ->> 'hash');
END
$function$;

ALTER FUNCTION api.catalogue_begin(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.catalogue_begin(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.catalogue_begin(jsonb) TO dsrd_api;
