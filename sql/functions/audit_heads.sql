-- SPDX-License-Identifier: GPL-3.0-or-later
-- The heads of the library's chain and of the system's: {library, system}, each SEQ:HEX or null.
CREATE OR REPLACE FUNCTION dsr.audit_heads() RETURNS jsonb
    LANGUAGE plpgsql
AS $function$
DECLARE
    here text := dsr.library()::text;
    answer jsonb := jsonb_build_object('library', dsr.audit_head_text());
BEGIN
    PERFORM set_config('dsr.library', '0', true);
    answer := answer || jsonb_build_object('system', dsr.audit_head_text());
    PERFORM set_config('dsr.library', here, true);
    RETURN answer;
END
$function$;

ALTER FUNCTION dsr.audit_heads() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.audit_heads() FROM PUBLIC;
