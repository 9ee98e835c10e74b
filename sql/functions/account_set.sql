-- SPDX-License-Identifier: GPL-3.0-or-later
-- Gives an account {id or uid_hash} other roles {roles}, or closes or opens it {disabled}; what is absent stays. Tells of how many requests
-- the managers are reminded in its place from now on {left_requests}. For operators; audited, and every daemon forgets what it
-- remembered. DS404; DS409 when no operator would be left.
CREATE OR REPLACE FUNCTION api.account_set(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    before dsr.account;
    after dsr.account;
BEGIN
    IF NOT dsr.has_role('operator') THEN
        PERFORM dsr.raise_error('403', '', 'Only an operator changes accounts.');
    END IF;
    PERFORM dsr.gather_wait();
    -- Two operators who close each other at once come one after the other, and the second one finds that he would be the last.
    PERFORM FROM dsr.account WHERE library_id = dsr.library() AND 'operator' = ANY (roles) ORDER BY id FOR UPDATE;
    SELECT * INTO before FROM dsr.account
     WHERE library_id = dsr.library()
       AND CASE WHEN p ? 'uid_hash' THEN uid_hash = decode(p ->> 'uid_hash', 'hex') ELSE id = (p ->> 'id')::uuid END FOR UPDATE;
    IF before.id IS NULL THEN
        PERFORM dsr.raise_error('404', 'account', 'There is no such account; `dsr account list` shows them.');
    END IF;
    UPDATE dsr.account SET roles = CASE WHEN p ? 'roles' THEN ARRAY(SELECT jsonb_array_elements_text(p -> 'roles')) ELSE roles END,
           disabled = coalesce((p ->> 'disabled')::boolean, disabled)
     WHERE library_id = before.library_id AND id = before.id RETURNING * INTO after;
    IF NOT EXISTS (SELECT FROM dsr.account WHERE library_id = dsr.library() AND 'operator' = ANY (roles) AND NOT disabled) THEN
        PERFORM dsr.raise_error('409', 'account', 'This is the last operator; make another one first.');
    END IF;
    IF (before.roles, before.disabled) IS DISTINCT FROM (after.roles, after.disabled) THEN
        PERFORM dsr.reminders_revive(after.id);
        NOTIFY dsr, 'account';
        PERFORM dsr.audit_add('role', after.id::text, jsonb_build_object('roles', after.roles, 'disabled', after.disabled,
                              'were', before.roles, 'was_disabled', before.disabled));
    END IF;
    RETURN json_build_object('account', after.id, 'roles', after.roles, 'disabled', after.disabled,
                             'left_requests', dsr.left_requests(after));
END
$function$;

ALTER FUNCTION api.account_set(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.account_set(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.account_set(jsonb) TO dsrd_api;
