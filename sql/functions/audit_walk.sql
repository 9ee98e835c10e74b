-- SPDX-License-Identifier: GPL-3.0-or-later
-- Walks the chain from after entry p_after over p_limit entries: {entries, last, end, faults: [{kind, from, to, place}]}. One
-- statement, so that entries and head are of one moment. The kinds:
--   missing   these entries are not there
--   twice     several stand there under one number
--   changed   they are not as they were written
--   moved     `from` was written as entry `place`, and so on
--   replaced  `to` was not written after `from`: one of the two, or more before, were written anew
--   beyond    they stand after the newest entry the log knows of
--   head      the log knows another newest entry than `from`
CREATE OR REPLACE FUNCTION dsr.audit_walk(p_after bigint, p_limit integer) RETURNS jsonb
    LANGUAGE sql STABLE
AS $function$
WITH origin AS (
    SELECT * FROM dsr.audit_origin()
), head AS (
    SELECT seq, hash FROM dsr.audit_head WHERE library_id = dsr.library()
), page AS MATERIALIZED ( -- with the entry before, if it is there, which was looked at already; what stands under one number is not parted
    SELECT a AS entry, a.seq, a.prev, a.hash, dsr.audit_hash(a) <> a.hash AS altered
      FROM dsr.audit a JOIN (
           (SELECT ctid FROM dsr.audit WHERE library_id = dsr.library() AND seq = p_after AND seq > (SELECT o.seq FROM origin o) LIMIT 1)
           UNION ALL (SELECT ctid FROM dsr.audit WHERE library_id = dsr.library() AND seq > p_after
                       ORDER BY seq FETCH FIRST (p_limit) ROWS WITH TIES)) AS chosen (row) ON a.ctid = chosen.row
), linked AS (
    SELECT *, lag(seq, 1, p_after) OVER w AS seq_before,
           lag(hash, 1, (SELECT o.hash FROM origin o WHERE o.seq = p_after)) OVER w AS hash_before,
           lag(altered, 1, false) OVER w AS altered_before
      FROM page WINDOW w AS (ORDER BY seq)
), walked AS (
    SELECT * FROM linked WHERE seq > p_after
), misplaced AS (
    SELECT seq, dsr.audit_place(entry, (SELECT array_agg(seq) FROM (SELECT seq FROM walked WHERE altered ORDER BY seq LIMIT 30) o)) AS place
      FROM walked WHERE altered
), found AS (
    SELECT 'missing' AS kind, seq_before + 1 AS first, seq - 1 AS last, NULL::bigint AS place FROM walked WHERE seq > seq_before + 1
    UNION ALL SELECT 'twice', seq, seq, NULL FROM walked WHERE seq = seq_before GROUP BY seq
    UNION ALL SELECT CASE WHEN place IS NULL THEN 'changed' ELSE 'moved' END, seq, seq, place FROM misplaced
    UNION ALL SELECT 'replaced', greatest(seq_before, 1), seq, NULL FROM walked
     WHERE seq = seq_before + 1 AND prev <> hash_before AND NOT altered AND NOT altered_before
    UNION ALL SELECT 'beyond', min(w.seq), max(w.seq), NULL FROM walked w, head h WHERE w.seq > h.seq HAVING count(*) > 0
    UNION ALL SELECT 'head', w.seq, w.seq, NULL FROM walked w, head h WHERE w.seq = h.seq AND w.hash <> h.hash AND NOT w.altered
    UNION ALL SELECT 'missing', reached + 1, h.seq, NULL
      FROM head h, (SELECT coalesce(max(seq), p_after) AS reached, count(*) < p_limit AS ended FROM walked) r
     WHERE ended AND reached < h.seq
    UNION ALL SELECT 'head', max(seq), max(seq), NULL FROM page
     WHERE NOT EXISTS (SELECT FROM head) AND (SELECT count(*) FROM walked) < p_limit HAVING count(*) > 0
), islands AS ( -- neighbours with the same fault are one
    SELECT *, CASE WHEN kind IN ('changed', 'moved') THEN first - row_number() OVER (PARTITION BY kind, place - first ORDER BY first)
                   ELSE first END AS island
      FROM found
), faults AS (
    SELECT kind, min(first) AS first, max(last) AS last, min(place) AS place FROM islands GROUP BY kind, place - first, island
)
SELECT jsonb_build_object('entries', (SELECT count(*) FROM walked), 'last', (SELECT coalesce(max(seq), p_after) FROM walked),
                          'end', (SELECT count(*) < p_limit FROM walked),
                          'faults', (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'from', first, 'to', last, 'place', place)
                                                               ORDER BY first, kind), '[]') FROM faults))
$function$;

ALTER FUNCTION dsr.audit_walk(bigint, integer) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.audit_walk(bigint, integer) FROM PUBLIC;
