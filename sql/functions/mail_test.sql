-- SPDX-License-Identifier: GPL-3.0-or-later
-- Queues a test mail {id, recipient_sealed, address_hash, idempotency}. For staff and operators.
CREATE OR REPLACE FUNCTION api.mail_test(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    replay json := dsr.idempotency_claim(p -> 'idempotency', p ->> 'id', 202);
BEGIN
    IF replay IS NOT NULL THEN
        RETURN json_build_object('id', replay #> '{replay,ref}', 'state', 'queued');
    END IF;
    INSERT INTO dsr.message (library_id, id, kind, recipient_kind, recipient_id, recipient, address_hash, day, pressing)
    VALUES (dsr.library(), (p ->> 'id')::uuid, 'test', 'address', NULL, decode(p ->> 'recipient_sealed', 'base64'),
            decode(p ->> 'address_hash', 'hex'), dsr.today(), '-infinity'); -- somebody waits for it
    NOTIFY dsr, 'outbox';
    RETURN json_build_object('id', p -> 'id', 'state', 'queued');
END
$function$;

ALTER FUNCTION api.mail_test(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.mail_test(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.mail_test(jsonb) TO dsrd_api;
