-- SPDX-License-Identifier: GPL-3.0-or-later
-- Where each thing held about a person stands in its export: the section, a key that orders it there, and by what it is found.
CREATE OR REPLACE FUNCTION dsr.export_items(p_account uuid, p_subject uuid) RETURNS TABLE (section integer, key text, id text)
    LANGUAGE sql STABLE
AS $function$
SELECT 1, '', ''
UNION ALL SELECT 2, lpad(n::text, 10, '0'), n::text FROM dsr.authority WHERE library_id = dsr.library() AND subject_id = p_subject
UNION ALL SELECT 3, lpad(id::text, 19, '0'), ref FROM dsr.request WHERE library_id = dsr.library() AND subject_id = p_subject
UNION ALL SELECT 4, lpad((extract(epoch FROM created_at) * 1000000)::bigint::text, 19, '0') || id, id::text FROM dsr.message
           WHERE library_id = dsr.library() AND (recipient_id IN (p_account, p_subject)
                      OR address_hash = ANY (dsr.addresses_of(p_account, p_subject)))
UNION ALL SELECT 5, lpad(seq::text, 19, '0'), seq::text FROM dsr.audit
           WHERE library_id = dsr.library() AND (account_id = p_account OR target = ANY (dsr.audit_targets(p_account, p_subject)))
UNION ALL SELECT 6, lpad(id::text, 19, '0'), id::text FROM dsr.request
           WHERE library_id = dsr.library() AND filer = p_account AND subject_id IS DISTINCT FROM p_subject
UNION ALL SELECT 7, lpad(e.request_id::text, 19, '0') || lpad(e.n::text, 10, '0'), e.id::text
            FROM dsr.event e JOIN dsr.request r ON r.library_id = e.library_id AND r.id = e.request_id
           WHERE e.library_id = dsr.library() AND e.account_id = p_account AND r.subject_id IS DISTINCT FROM p_subject
UNION ALL SELECT 9, id, id FROM dsr.token WHERE library_id = dsr.library() AND account_id = p_account
UNION ALL SELECT 8, key, key FROM dsr.idempotency WHERE library_id = dsr.library() AND account_id = p_account
$function$;

ALTER FUNCTION dsr.export_items(uuid, uuid) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.export_items(uuid, uuid) FROM PUBLIC;
