-- SPDX-License-Identifier: GPL-3.0-or-later
-- Acts that operators see in a library's audit log: how dsrd is run. Who looked at or did what with people's requests is the officers'.
CREATE OR REPLACE FUNCTION dsr.audit_is_technical(p_act text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $function$
SELECT p_act IN ('account', 'audit_purge', 'configuration', 'laws', 'rekey', 'retention', 'role', 'token_made', 'token_revoked', 'vendor')
$function$;

ALTER FUNCTION dsr.audit_is_technical(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.audit_is_technical(text) FROM PUBLIC;
