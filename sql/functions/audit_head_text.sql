-- SPDX-License-Identifier: GPL-3.0-or-later
-- The newest entry of the chain as people note it, SEQ:HEX; null when it holds none.
CREATE OR REPLACE FUNCTION dsr.audit_head_text() RETURNS text
    LANGUAGE sql STABLE
AS $function$
SELECT seq || ':' || encode(hash, 'hex') FROM dsr.audit_head WHERE library_id = dsr.library() AND seq > 0
$function$;

ALTER FUNCTION dsr.audit_head_text() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.audit_head_text() FROM PUBLIC;
