-- SPDX-License-Identifier: GPL-3.0-or-later
-- How alike two words are, from 0 to 1: shared pairs of letters (Dice). For "did you mean".
CREATE OR REPLACE FUNCTION dsr.likeness(a text, b text) RETURNS real
    LANGUAGE sql IMMUTABLE
AS $function$
WITH first AS (SELECT DISTINCT substr('^' || lower(a), i, 2) AS pair FROM generate_series(1, length(a)) i),
     second AS (SELECT DISTINCT substr('^' || lower(b), i, 2) AS pair FROM generate_series(1, length(b)) i)
SELECT (2.0 * (SELECT count(*) FROM first JOIN second USING (pair))
        / greatest((SELECT count(*) FROM first) + (SELECT count(*) FROM second), 1))::real
$function$;

ALTER FUNCTION dsr.likeness(text, text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.likeness(text, text) FROM PUBLIC;
