-- SPDX-License-Identifier: GPL-3.0-or-later
-- Records the catalogue in force when none was. True when that hash is the one in force now.
CREATE OR REPLACE FUNCTION dsr.catalogue_apply(p_hash text) RETURNS boolean
    LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO dsr.catalogue (hash) VALUES (p_hash) ON CONFLICT (one) DO NOTHING;
    RETURN EXISTS (SELECT FROM dsr.catalogue WHERE hash = p_hash);
END
$function$;

ALTER FUNCTION dsr.catalogue_apply(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.catalogue_apply(text) FROM PUBLIC;
