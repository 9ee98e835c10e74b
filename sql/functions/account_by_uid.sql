-- SPDX-License-Identifier: GPL-3.0-or-later
-- The accounts of a peer, by the keyed hash of its uid, one for each library where it has one that is not disabled: [{library, name,
-- account, roles}].
CREATE OR REPLACE FUNCTION api.account_by_uid(p_uid_hash text) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    answer json;
BEGIN
    PERFORM set_config('dsr.finding', 'by hash', true), set_config('dsr.libraries', 'listed', true);
    SELECT coalesce(json_agg(json_build_object('library', a.library_id, 'name', l.name, 'account', a.id,
                                               'roles', array_to_string(a.roles, ',')) ORDER BY a.library_id), '[]')
      INTO answer FROM dsr.account a JOIN dsr.library l ON l.id = a.library_id
     WHERE a.uid_hash = decode(p_uid_hash, 'hex') AND NOT a.disabled;
    PERFORM set_config('dsr.finding', '', true), set_config('dsr.libraries', '', true);
    RETURN answer;
END
$function$;

ALTER FUNCTION api.account_by_uid(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.account_by_uid(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.account_by_uid(text) TO dsrd_api;
