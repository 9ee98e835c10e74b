-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether this very call {key, body_hash} was done before: {"replay": {ref, status}}, else null. Asked before anything is worked out, since
-- the first call has changed what the second one would be checked against. DS409 when the key was used for another body.
-- What the first call wrote may be on this server alone, because the synchronous standby did not confirm it and the caller was told so. A message in the
-- log of the server makes this transaction a writing one, so that its COMMIT waits for the standby too, before the call is said to have been done.
CREATE OR REPLACE FUNCTION dsr.idempotency_known(p jsonb) RETURNS json
    LANGUAGE plpgsql
AS $function$
DECLARE
    known dsr.idempotency;
BEGIN
    SELECT * INTO known FROM dsr.idempotency WHERE library_id = dsr.library() AND account_id = dsr.me() AND key = p ->> 'key';
    IF known.key IS NULL THEN
        RETURN NULL;
    END IF;
    IF known.body_hash <> decode(p ->> 'body_hash', 'hex') THEN
        PERFORM dsr.raise_error('409', 'Idempotency-Key', 'This Idempotency-Key was used for another request; take a new one.');
    END IF;
    PERFORM pg_logical_emit_message(true, 'dsrd', 'replay');
    RETURN json_build_object('replay', json_build_object('ref', known.ref, 'status', known.status));
END
$function$;

ALTER FUNCTION dsr.idempotency_known(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.idempotency_known(jsonb) FROM PUBLIC;
