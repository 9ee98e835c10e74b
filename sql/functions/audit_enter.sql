-- SPDX-License-Identifier: GPL-3.0-or-later
-- Turns to the chain asked for, 'library' (the caller's) or 'system'; for officers and operators. What follows in the transaction sees
-- that chain.
CREATE OR REPLACE FUNCTION dsr.audit_enter(p_chain text) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    IF NOT (dsr.has_role('officer') OR dsr.has_role('operator')) THEN
        PERFORM dsr.raise_error('403', '', 'Only officers and operators see the audit log.');
    ELSIF p_chain = 'system' THEN
        PERFORM set_config('dsr.library', '0', true);
    END IF;
END
$function$;

ALTER FUNCTION dsr.audit_enter(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.audit_enter(text) FROM PUBLIC;
