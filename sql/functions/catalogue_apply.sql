-- SPDX-License-Identifier: GPL-3.0-or-later
-- Records the catalogue in force; without p_replace only when none was. True when it is in force now.
CREATE OR REPLACE FUNCTION dsr.catalogue_apply(p_hash text, p_replace boolean) RETURNS boolean
    LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO dsr.catalogue (hash) VALUES (p_hash) ON CONFLICT (one) DO NOTHING;
    IF p_replace THEN
        UPDATE dsr.catalogue SET hash = p_hash, applied_at = now() WHERE hash <> p_hash;
        NOTIFY dsr, 'catalogue'; -- each dsrd looks whether its laws are these
    END IF;
    RETURN EXISTS (SELECT FROM dsr.catalogue WHERE hash = p_hash);
END
$function$;

ALTER FUNCTION dsr.catalogue_apply(text, boolean) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.catalogue_apply(text, boolean) FROM PUBLIC;
