-- SPDX-License-Identifier: GPL-3.0-or-later
-- The ids of every library of this database: for what belongs to no library, such as keys. Otherwise row level security shows one library at a
-- time.
CREATE OR REPLACE FUNCTION dsr.libraries() RETURNS integer[]
    LANGUAGE plpgsql
AS $function$
DECLARE
    answer integer[];
BEGIN
    PERFORM set_config('dsr.libraries', 'listed', true);
    SELECT coalesce(array_agg(id ORDER BY id), '{}') INTO answer FROM dsr.library;
    PERFORM set_config('dsr.libraries', '', true);
    RETURN answer;
END
$function$;

ALTER FUNCTION dsr.libraries() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.libraries() FROM PUBLIC;
