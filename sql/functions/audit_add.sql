-- SPDX-License-Identifier: GPL-3.0-or-later
-- Adds an entry to the library's audit log, in the caller's transaction: the act and its entry are there together or not at all.
-- `p_target` is a reference, alias or id, `p_detail` a few more ids or words; never a name, an address or free text of people. The row
-- of the head is locked to the end of the transaction, so that the chain cannot fork: call it last.
CREATE OR REPLACE FUNCTION dsr.audit_add(p_act text, p_target text, p_detail jsonb DEFAULT '{}') RETURNS void
    LANGUAGE plpgsql
AS $function$
DECLARE
    head dsr.audit_head;
    entry dsr.audit;
BEGIN
    LOOP
        SELECT * INTO head FROM dsr.audit_head WHERE library_id = dsr.library() FOR UPDATE;
        EXIT WHEN FOUND;
        INSERT INTO dsr.audit_head VALUES (dsr.library(), 0, sha256(convert_to('dsrd.audit.v1', 'UTF8') || int4send(dsr.library()))) ON CONFLICT DO NOTHING;
    END LOOP;
    entry := ROW(dsr.library(), head.seq + 1, clock_timestamp(), dsr.me(), p_act, p_target, coalesce(p_detail, '{}'), head.hash, NULL);
    entry.hash := dsr.audit_hash(entry);
    INSERT INTO dsr.audit SELECT entry.*;
    UPDATE dsr.audit_head SET seq = entry.seq, hash = entry.hash WHERE library_id = dsr.library();
END
$function$;

ALTER FUNCTION dsr.audit_add(text, text, jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.audit_add(text, text, jsonb) FROM PUBLIC;
