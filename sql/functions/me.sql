-- SPDX-License-Identifier: GPL-3.0-or-later
-- The account on whose behalf the transaction runs; null for dsrd itself.
CREATE OR REPLACE FUNCTION dsr.me() RETURNS uuid
    LANGUAGE sql STABLE
AS $function$
SELECT nullif(current_setting('dsr.account', true), '')::uuid
$function$;

ALTER FUNCTION dsr.me() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.me() FROM PUBLIC;
