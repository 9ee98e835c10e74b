-- SPDX-License-Identifier: GPL-3.0-or-later
-- Puts freshly sealed values in the place of the same ones as api.rekey_read() gave them: {rows: [{library, table, row, place, sealed,
-- fresh: {column: base64}}]}. Returns {written}: how many rows. A row that was changed, moved or is locked by somebody is left for the next pass:
-- this waits for nobody, so that no request can end in a deadlock with it.
CREATE OR REPLACE FUNCTION api.rekey_write(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    t record;
    r jsonb;
    place tid;
    fresh text;
    same text;
    written integer := 0;
BEGIN
    FOR t IN SELECT s.name, s.columns FROM dsr.sealed_tables() s LOOP
        fresh := (SELECT string_agg(format('%I = coalesce(decode($1 #>> ''{fresh,%s}'', ''base64''), %I)', c, c, c), ', ')
                    FROM unnest(t.columns) c);
        same := (SELECT string_agg(format('($1 #>> ''{sealed,%s}'' IS NULL OR %I = decode($1 #>> ''{sealed,%s}'', ''base64''))', c, c, c), ' AND ')
                   FROM unnest(t.columns) c);
        FOR r IN SELECT value FROM jsonb_array_elements(p -> 'rows') WHERE value ->> 'table' = t.name LOOP
            PERFORM set_config('dsr.library', r ->> 'library', true);
            EXECUTE format('SELECT ctid FROM dsr.%I WHERE ctid = $2 AND id = $3 AND library_id = dsr.library() AND %s FOR NO KEY UPDATE SKIP LOCKED',
                           t.name, same)
               INTO place USING r, (r ->> 'place')::tid, (r ->> 'row')::uuid;
            CONTINUE WHEN place IS NULL;
            EXECUTE format('UPDATE dsr.%I SET %s WHERE ctid = $2', t.name, fresh) USING r, place;
            written := written + 1;
        END LOOP;
    END LOOP;
    RETURN json_build_object('written', written);
END
$function$;

ALTER FUNCTION api.rekey_write(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.rekey_write(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.rekey_write(jsonb) TO dsrd_api;
