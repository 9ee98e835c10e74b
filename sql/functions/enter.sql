-- SPDX-License-Identifier: GPL-3.0-or-later
-- Says on whose behalf the rest of the transaction runs, and how far: '' (dsrd itself), 'own' or 'library', as the route has it for
-- these roles. First call of every unit of work. The account is looked at again here, so that a change of roles holds from its COMMIT on, whatever a daemon
-- remembers: DS401 when it is closed, DS503 when its roles are others by now.
CREATE OR REPLACE FUNCTION api.enter(p_library text, p_account text, p_roles text, p_reach text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    caller record;
BEGIN
    PERFORM dsr.gate_pass();
    PERFORM set_config('dsr.library', p_library, true), set_config('dsr.account', p_account, true), set_config('dsr.roles', p_roles, true),
            set_config('dsr.reach', p_reach, true);
    IF p_account <> '' THEN
        SELECT subject_id, disabled, array_to_string(roles, ',') AS roles INTO caller
          FROM dsr.account WHERE library_id = p_library::integer AND id = p_account::uuid;
        IF NOT FOUND OR caller.disabled THEN
            PERFORM dsr.raise_error('401', 'account', 'Your account here is closed; an operator can open it again.');
        ELSIF caller.roles <> p_roles THEN
            PERFORM dsr.raise_error('503', 'account', 'Your roles were changed a moment ago; try again.');
        END IF;
        PERFORM set_config('dsr.subject', coalesce(caller.subject_id::text, ''), true);
    END IF;
END
$function$;

ALTER FUNCTION api.enter(text, text, text, text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.enter(text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.enter(text, text, text, text) TO dsrd_api;
