-- SPDX-License-Identifier: GPL-3.0-or-later
-- Every library of this database: [{id, name, zone, contact}].
CREATE OR REPLACE FUNCTION dsr.libraries_json() RETURNS json
    LANGUAGE plpgsql
AS $function$
DECLARE
    answer json;
BEGIN
    PERFORM set_config('dsr.libraries', 'listed', true);
    SELECT coalesce(json_agg(json_build_object('id', id, 'name', name, 'zone', zone, 'contact', contact) ORDER BY id), '[]') INTO answer
      FROM dsr.library;
    PERFORM set_config('dsr.libraries', '', true);
    RETURN answer;
END
$function$;

ALTER FUNCTION dsr.libraries_json() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.libraries_json() FROM PUBLIC;
