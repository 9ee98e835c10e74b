-- SPDX-License-Identifier: GPL-3.0-or-later
-- What officers are told by mail of the audit log: how many entries came after p_after, how many of them are refusals, and the heads.
CREATE OR REPLACE FUNCTION dsr.audit_mail_json(p_after bigint) RETURNS jsonb
    LANGUAGE sql
AS $function$
SELECT jsonb_build_object('entries', coalesce((SELECT seq - p_after FROM dsr.audit_head WHERE library_id = dsr.library()), 0),
                          'refused', (SELECT count(*) FROM dsr.audit
                                       WHERE library_id = dsr.library() AND act = 'refused' AND seq > p_after))
       || dsr.audit_heads()
$function$;

ALTER FUNCTION dsr.audit_mail_json(bigint) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.audit_mail_json(bigint) FROM PUBLIC;
