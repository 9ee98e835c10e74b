-- SPDX-License-Identifier: GPL-3.0-or-later
-- Where an entry that is not as its hash has it stood when it was written; null when it was changed otherwise. Two that changed places
-- are looked for next to each other, before the entry that follows on it or at the head, and at the others' places.
CREATE OR REPLACE FUNCTION dsr.audit_place(e dsr.audit, p_others bigint[]) RETURNS bigint
    LANGUAGE sql STABLE
AS $function$
SELECT place FROM (SELECT e.seq - 1 UNION ALL SELECT e.seq + 1
                   UNION ALL SELECT k.seq - 1 FROM dsr.audit k WHERE k.library_id = dsr.library() AND k.prev = e.hash
                   UNION ALL SELECT h.seq FROM dsr.audit_head h WHERE h.library_id = dsr.library() AND h.hash = e.hash
                   UNION ALL SELECT unnest(p_others)) AS places (place)
 WHERE place > 0
   AND dsr.audit_hash(ROW(e.library_id, place, e.at, e.account_id, e.act, e.target, e.detail, e.prev, e.hash)::dsr.audit) = e.hash
 LIMIT 1
$function$;

ALTER FUNCTION dsr.audit_place(dsr.audit, bigint[]) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.audit_place(dsr.audit, bigint[]) FROM PUBLIC;
