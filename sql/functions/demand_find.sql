-- SPDX-License-Identifier: GPL-3.0-or-later
-- The demand of that name (D-3). DS404.
CREATE OR REPLACE FUNCTION dsr.demand_find(p_name text) RETURNS dsr.demand
    LANGUAGE plpgsql STABLE
AS $function$
DECLARE
    found_demand dsr.demand;
BEGIN
    SELECT * INTO found_demand FROM dsr.demand
     WHERE library_id = dsr.library() AND n = CASE WHEN p_name ~ '^[Dd]-[1-9][0-9]{0,8}$' THEN substr(p_name, 3)::int END;
    IF found_demand.n IS NULL THEN
        PERFORM dsr.raise_error('404', 'demand', 'There is no such demand; `dsr demand list` shows them.');
    END IF;
    RETURN found_demand;
END
$function$;

ALTER FUNCTION dsr.demand_find(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.demand_find(text) FROM PUBLIC;
