-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether this very call {key, body_hash} was done before: {"replay": {ref, status}}, else null. Asked before anything is worked out, since
-- the first call has changed what the second one would be checked against. DS409 when the key was used for another body.
CREATE OR REPLACE FUNCTION dsr.idempotency_known(p jsonb) RETURNS json
    LANGUAGE plpgsql STABLE
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
    RETURN json_build_object('replay', json_build_object('ref', known.ref, 'status', known.status));
END
$function$;

ALTER FUNCTION dsr.idempotency_known(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.idempotency_known(jsonb) FROM PUBLIC;
