-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a token is worth now: good, expired or revoked.
CREATE OR REPLACE FUNCTION dsr.token_state(t dsr.token) RETURNS text
    LANGUAGE sql STABLE
AS $function$
SELECT CASE WHEN t.revoked_at IS NOT NULL THEN 'revoked' WHEN t.expires_at <= now() THEN 'expired' ELSE 'good' END
$function$;

ALTER FUNCTION dsr.token_state(dsr.token) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.token_state(dsr.token) FROM PUBLIC;
