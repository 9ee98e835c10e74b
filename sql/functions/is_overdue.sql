-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether a status counts as overdue, in every list, count and mail: the answer is late, or the acknowledgement which the law asks for.
CREATE OR REPLACE FUNCTION dsr.is_overdue(status text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $function$
SELECT status IN ('overdue', 'ack_overdue')
$function$;

ALTER FUNCTION dsr.is_overdue(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.is_overdue(text) FROM PUBLIC;
