-- SPDX-License-Identifier: GPL-3.0-or-later
-- Every table with sealed columns, found by their type, so that none can be forgotten. Each has library_id and a uuid `id`, the row of
-- the seal.
CREATE OR REPLACE FUNCTION dsr.sealed_tables() RETURNS TABLE (name text, columns text[], blocks bigint)
    LANGUAGE sql STABLE
AS $function$
SELECT c.relname::text, array_agg(a.attname::text ORDER BY a.attnum), pg_relation_size(c.oid) / current_setting('block_size')::bigint
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE c.relnamespace = 'dsr'::regnamespace AND c.relkind = 'r' AND a.atttypid = 'dsr.sealed'::regtype AND NOT a.attisdropped
 GROUP BY c.oid, c.relname ORDER BY c.relname
$function$;

ALTER FUNCTION dsr.sealed_tables() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.sealed_tables() FROM PUBLIC;
