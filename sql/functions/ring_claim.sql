-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether this key ring is the one that seals this database; the first one to ask is it from then on.
CREATE OR REPLACE FUNCTION dsr.ring_claim(p_mark text) RETURNS boolean
    LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO dsr.ring (mark) VALUES (p_mark) ON CONFLICT (one) DO NOTHING;
    RETURN EXISTS (SELECT FROM dsr.ring WHERE mark = p_mark);
END
$function$;

ALTER FUNCTION dsr.ring_claim(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.ring_claim(text) FROM PUBLIC;
