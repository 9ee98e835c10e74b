-- SPDX-License-Identifier: GPL-3.0-or-later
-- Tells the schedulers of this library, when the transaction ends, that there may be something to gather.
CREATE OR REPLACE FUNCTION dsr.reminders_wake() RETURNS void
    LANGUAGE sql
AS $function$
SELECT pg_notify('dsr', 'reminder ' || dsr.library())
$function$;

ALTER FUNCTION dsr.reminders_wake() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.reminders_wake() FROM PUBLIC;
