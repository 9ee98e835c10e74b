-- SPDX-License-Identifier: GPL-3.0-or-later
-- Looks through some blocks of the tables with sealed columns, from {table, block} on, for what one of `keys` has sealed, in every
-- library: {rows: [{library, table, row, place, sealed: {column: base64}}], next: {table, block} or null at the end, looked, blocks: for the progress}.
-- By blocks, so that any table can be gone through without an index; what moves meanwhile is found in the next pass.
CREATE OR REPLACE FUNCTION api.rekey_read(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr SET enable_indexscan = off SET enable_bitmapscan = off
AS $function$
DECLARE
    step CONSTANT bigint := 16;
    keys bigint[] := ARRAY(SELECT k::bigint FROM jsonb_array_elements_text(p -> 'keys') k);
    begun bigint := coalesce((p ->> 'block')::bigint, 0);
    library integer;
    t record;
    part json;
    rows jsonb := '[]';
BEGIN
    SELECT s.*, (SELECT sum(blocks) FROM dsr.sealed_tables()) AS all_blocks,
           coalesce((SELECT sum(blocks) FROM dsr.sealed_tables() e WHERE e.name < s.name), 0) AS before,
           (SELECT min(e.name) FROM dsr.sealed_tables() e WHERE e.name > s.name) AS following
      INTO t FROM dsr.sealed_tables() s WHERE s.name >= coalesce(p ->> 'table', '') ORDER BY s.name LIMIT 1;
    FOREACH library IN ARRAY dsr.libraries() LOOP
        PERFORM set_config('dsr.library', library::text, true);
        EXECUTE format($$
            SELECT json_agg(json_build_object('library', x.library_id, 'table', %L, 'row', x.id, 'place', x.ctid::text,
                                              'sealed', found.sealed))
              FROM dsr.%I x CROSS JOIN LATERAL (
                  SELECT jsonb_object_agg(name, translate(encode(sealed, 'base64'), E'\n', '')) AS sealed FROM (VALUES %s) v (name, sealed)
                   WHERE sealed IS NOT NULL AND dsr.envelope_key(sealed) = ANY ($3)) found
             WHERE x.ctid >= $1 AND x.ctid < $2 AND found.sealed IS NOT NULL $$,
            t.name, t.name, (SELECT string_agg(format('(%L, x.%I)', c, c), ', ') FROM unnest(t.columns) c))
           INTO part USING format('(%s,0)', begun)::tid, format('(%s,0)', begun + step)::tid, keys;
        rows := rows || coalesce(part::jsonb, '[]');
    END LOOP;
    RETURN json_build_object('rows', rows, 'looked', t.before + least(begun + step, t.blocks), 'blocks', t.all_blocks,
        'next', CASE WHEN begun + step < t.blocks THEN json_build_object('table', t.name, 'block', begun + step)
                     WHEN t.following IS NOT NULL THEN json_build_object('table', t.following, 'block', 0) END);
END
$function$;

ALTER FUNCTION api.rekey_read(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.rekey_read(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.rekey_read(jsonb) TO dsrd_api;
