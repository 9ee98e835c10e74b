-- SPDX-License-Identifier: GPL-3.0-or-later
-- The account of a peer, by the keyed hash of its uid; null when there is none or it is disabled.
CREATE OR REPLACE FUNCTION api.account_by_uid(p_uid_hash text) RETURNS json
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
SELECT json_build_object('account', id, 'roles', array_to_string(roles, ','))
  FROM dsr.account
 WHERE library_id = dsr.library() AND uid_hash = decode(p_uid_hash, 'hex') AND NOT disabled
$function$;

ALTER FUNCTION api.account_by_uid(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.account_by_uid(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.account_by_uid(text) TO dsrd_api;
