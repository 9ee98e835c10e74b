-- SPDX-License-Identifier: GPL-3.0-or-later
-- Numbers as the target of an entry of the audit log, which takes 200 characters: "1,2,3"; when that is longer, in runs, "1-80,90"; and what
-- is longer still is cut off with "...".
CREATE OR REPLACE FUNCTION dsr.number_list(p_numbers bigint[]) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $function$
WITH listed AS (
    SELECT string_agg(n::text, ',' ORDER BY n) AS all_of_them FROM unnest(p_numbers) n
), runs AS (
    SELECT string_agg(run, ',' ORDER BY first) AS in_runs
      FROM (SELECT min(n) AS first, CASE WHEN min(n) = max(n) THEN min(n)::text ELSE min(n) || '-' || max(n) END AS run
              FROM (SELECT n, n - row_number() OVER (ORDER BY n) AS island FROM unnest(p_numbers) n) placed GROUP BY island) grouped
)
SELECT CASE WHEN char_length(all_of_them) <= 200 THEN all_of_them WHEN char_length(in_runs) <= 200 THEN in_runs ELSE left(in_runs, 197) || '...' END
  FROM listed, runs
$function$;

ALTER FUNCTION dsr.number_list(bigint[]) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.number_list(bigint[]) FROM PUBLIC;
