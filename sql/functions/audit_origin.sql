-- SPDX-License-Identifier: GPL-3.0-or-later
-- The beginning of what a chain still holds: its last checkpoint, else entry 0, which is the name of the chain.
CREATE OR REPLACE FUNCTION dsr.audit_origin(OUT seq bigint, OUT hash bytea)
    LANGUAGE sql STABLE
AS $function$
(SELECT seq, hash FROM dsr.audit_checkpoint WHERE library_id = dsr.library() ORDER BY seq DESC LIMIT 1)
UNION ALL SELECT 0, sha256(convert_to('dsrd.audit.v1', 'UTF8') || int4send(dsr.library())) LIMIT 1
$function$;

ALTER FUNCTION dsr.audit_origin() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.audit_origin() FROM PUBLIC;
