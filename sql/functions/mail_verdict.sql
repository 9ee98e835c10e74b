-- SPDX-License-Identifier: GPL-3.0-or-later
-- Records the verdict on a try; see dsr.verdict_apply.
CREATE OR REPLACE FUNCTION api.mail_verdict(p_library integer, p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
BEGIN
    PERFORM dsr.gate_pass();
    PERFORM set_config('dsr.library', p_library::text, true);
    RETURN json_build_object('applied', dsr.verdict_apply(p));
END
$function$;

ALTER FUNCTION api.mail_verdict(integer, jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.mail_verdict(integer, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.mail_verdict(integer, jsonb) TO dsrd_mailer;
