-- SPDX-License-Identifier: GPL-3.0-or-later
-- Claims an Idempotency-Key {key, body_hash}. Null when it is new (or none was given); {"replay": {ref, status}} when this very call
-- was done before; DS409 when the key was used for another body. A key lives as long as what it made: an import must know years later what it has seen.
CREATE OR REPLACE FUNCTION dsr.idempotency_claim(p jsonb, p_ref text, p_status integer) RETURNS json
    LANGUAGE plpgsql
AS $function$
BEGIN
    IF coalesce(p, 'null') = 'null' THEN
        RETURN NULL;
    END IF;
    INSERT INTO dsr.idempotency (library_id, account_id, key, body_hash, ref, status)
    VALUES (dsr.library(), dsr.me(), p ->> 'key', decode(p ->> 'body_hash', 'hex'), p_ref, p_status)
    ON CONFLICT (library_id, account_id, key) DO NOTHING;
    IF FOUND THEN
        RETURN NULL;
    END IF;
    RETURN dsr.idempotency_known(p);
END
$function$;

ALTER FUNCTION dsr.idempotency_claim(jsonb, text, integer) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.idempotency_claim(jsonb, text, integer) FROM PUBLIC;
