-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether a mail is one of reminders to an address at which none are wanted. The heads of the audit log are no reminder.
CREATE OR REPLACE FUNCTION dsr.message_unwanted(m dsr.message) RETURNS boolean
    LANGUAGE sql STABLE
AS $function$
SELECT m.kind = 'reminder' AND m.audit_after IS NULL AND dsr.address_stopped(m.address_hash)
$function$;

ALTER FUNCTION dsr.message_unwanted(dsr.message) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.message_unwanted(dsr.message) FROM PUBLIC;
