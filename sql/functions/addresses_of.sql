-- SPDX-License-Identifier: GPL-3.0-or-later
-- The look-up hashes of a person's addresses, of the account and of the subject.
CREATE OR REPLACE FUNCTION dsr.addresses_of(p_account uuid, p_subject uuid) RETURNS bytea[]
    LANGUAGE sql STABLE
AS $function$
SELECT array_agg(hash)
  FROM (SELECT email_hash::bytea AS hash FROM dsr.account
         WHERE library_id = dsr.library() AND id = p_account AND email_hash IS NOT NULL
        UNION SELECT email_hash::bytea FROM dsr.subject
         WHERE library_id = dsr.library() AND id = p_subject AND email_hash IS NOT NULL) hashes
$function$;

ALTER FUNCTION dsr.addresses_of(uuid, uuid) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.addresses_of(uuid, uuid) FROM PUBLIC;
