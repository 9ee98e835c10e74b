-- SPDX-License-Identifier: GPL-3.0-or-later
-- The hash of an audit entry: of every column and of the hash before it. Each part is preceded by its length, so that no two entries
-- read alike.
CREATE OR REPLACE FUNCTION dsr.audit_hash(e dsr.audit) RETURNS bytea
    LANGUAGE sql IMMUTABLE
AS $function$
SELECT sha256(convert_to('dsrd.audit.v1', 'UTF8') || string_agg(int4send(octet_length(part)) || part, ''::bytea ORDER BY n))
  FROM unnest(ARRAY[int4send(e.library_id), int8send(e.seq), int8send((extract(epoch FROM e.at) * 1000000)::bigint),
                    coalesce(uuid_send(e.account_id), ''), convert_to(e.act, 'UTF8'), convert_to(coalesce(e.target, ''), 'UTF8'),
                    convert_to(e.detail::text, 'UTF8'), e.prev]) WITH ORDINALITY AS parts (part, n)
$function$;

ALTER FUNCTION dsr.audit_hash(dsr.audit) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.audit_hash(dsr.audit) FROM PUBLIC;
