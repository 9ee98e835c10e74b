-- SPDX-License-Identifier: GPL-3.0-or-later
-- Says on whose behalf the rest of the transaction runs. First call of every unit of work.
-- Called by the api role after it has found the account of the peer; '' while nobody is known yet.
CREATE OR REPLACE FUNCTION api.enter(p_library text, p_account text, p_roles text) RETURNS void
    LANGUAGE sql
AS $function$
SELECT set_config('dsr.library', p_library, true), set_config('dsr.account', p_account, true),
       set_config('dsr.roles', p_roles, true);
$function$;

ALTER FUNCTION api.enter(text, text, text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.enter(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.enter(text, text, text) TO dsrd_api;
