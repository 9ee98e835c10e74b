-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether a mail composed now would have something to say: what it was to remind of may have been done meanwhile.
CREATE OR REPLACE FUNCTION dsr.message_has_matter(m dsr.message) RETURNS boolean
    LANGUAGE sql STABLE
AS $function$
SELECT m.kind <> 'reminder' OR m.digest OR m.audit_after IS NOT NULL
       OR EXISTS (SELECT FROM dsr.reminder WHERE library_id = m.library_id AND message_id = m.id AND state = 'gathered')
$function$;

ALTER FUNCTION dsr.message_has_matter(dsr.message) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.message_has_matter(dsr.message) FROM PUBLIC;
