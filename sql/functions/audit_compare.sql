-- SPDX-License-Identifier: GPL-3.0-or-later
-- What is wrong with a chain as a whole: with its checkpoint, and with the head that somebody noted outside, if one is given. As faults of
-- dsr.audit_walk, of these kinds:
--   put_back       entries that were taken away when their time was over are there again
--   unexplained    entries up to `to` were taken away, and no entry tells of it
--   cut            the log ends before the noted entry `to`
--   another        the noted entry `from` is another one now: it, or more before it, were written anew
--   out_of_reach   the noted entry is among those taken away, so it cannot be compared
CREATE OR REPLACE FUNCTION dsr.audit_compare(p_noted bigint, p_noted_hash bytea) RETURNS jsonb
    LANGUAGE sql STABLE
AS $function$
WITH origin AS (
    SELECT * FROM dsr.audit_origin()
), newest AS ( -- what lies before the head and is not there is found by walking
    SELECT greatest((SELECT max(seq) FROM dsr.audit WHERE library_id = dsr.library()),
                    (SELECT seq FROM dsr.audit_head WHERE library_id = dsr.library()), (SELECT seq FROM origin)) AS seq
), noted AS (
    SELECT hash FROM dsr.audit WHERE library_id = dsr.library() AND seq = p_noted
    UNION ALL SELECT hash FROM dsr.audit_checkpoint WHERE library_id = dsr.library() AND seq = p_noted
), found (kind, first, last) AS (
    SELECT 'put_back', min(a.seq), max(a.seq) FROM dsr.audit a, origin o
     WHERE a.library_id = dsr.library() AND a.seq <= o.seq HAVING count(*) > 0
    UNION ALL SELECT 'unexplained', 1, o.seq FROM origin o
     WHERE o.seq > 0 AND NOT EXISTS (SELECT FROM dsr.audit a WHERE a.library_id = dsr.library() AND a.act = 'audit_purge' AND a.seq > o.seq
                                        AND a.detail @> jsonb_build_object('through', o.seq, 'hash', encode(o.hash, 'hex')))
    UNION ALL SELECT 'cut', n.seq + 1, p_noted FROM newest n WHERE p_noted > n.seq
    UNION ALL SELECT 'another', p_noted, p_noted FROM noted WHERE hash <> p_noted_hash
    UNION ALL SELECT 'out_of_reach', p_noted, p_noted FROM origin o WHERE p_noted <= o.seq AND NOT EXISTS (SELECT FROM noted)
)
SELECT coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'from', first, 'to', last) ORDER BY first), '[]') FROM found
$function$;

ALTER FUNCTION dsr.audit_compare(bigint, bytea) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.audit_compare(bigint, bytea) FROM PUBLIC;
