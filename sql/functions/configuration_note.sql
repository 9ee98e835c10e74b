-- SPDX-License-Identifier: GPL-3.0-or-later
-- Notes what the dsrd of a host runs with {host, event: start|reload, version, marks}: an entry in the audit log of each library names the
-- settings and kinds of files whose marks are others than before; none when they are the same. A host that is new names none: all are.
CREATE OR REPLACE FUNCTION api.configuration_note(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    one integer;
    before jsonb;
    changed jsonb;
BEGIN
    FOREACH one IN ARRAY dsr.libraries() LOOP
        PERFORM set_config('dsr.library', one::text, true);
        INSERT INTO dsr.configuration VALUES (one, p ->> 'host', '{}') ON CONFLICT DO NOTHING;
        SELECT marks INTO before FROM dsr.configuration WHERE library_id = one AND host = p ->> 'host' FOR UPDATE;
        SELECT coalesce(jsonb_agg(name ORDER BY name), '[]') INTO changed
          FROM jsonb_each(before) b (name, mark) FULL JOIN jsonb_each(p -> 'marks') n (name, mark) USING (name)
         WHERE b.mark IS DISTINCT FROM n.mark;
        CONTINUE WHEN changed = '[]';
        UPDATE dsr.configuration SET marks = p -> 'marks', noted_at = now() WHERE library_id = one AND host = p ->> 'host';
        PERFORM dsr.audit_add('configuration', p ->> 'host', jsonb_build_object(
            'event', p -> 'event', 'version', p -> 'version', 'changed', CASE before WHEN '{}' THEN '["all"]' ELSE changed END,
            'hash', encode(sha256(convert_to(p ->> 'marks', 'UTF8')), 'hex')));
    END LOOP;
    RETURN json_build_object('changed', changed);
END
$function$;

ALTER FUNCTION api.configuration_note(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.configuration_note(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.configuration_note(jsonb) TO dsrd_api;
