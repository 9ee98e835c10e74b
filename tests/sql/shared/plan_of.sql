-- SPDX-License-Identifier: GPL-3.0-or-later
-- The plan of a query as text, to ask whether an index serves it.
CREATE FUNCTION pg_temp.plan_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; whole text := '';
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP whole := whole || line || E'\n'; END LOOP;
    RETURN whole;
END $$;
