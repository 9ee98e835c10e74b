-- SPDX-License-Identifier: GPL-3.0-or-later
-- Refuses with one sentence for people. SQLSTATE is DS and the HTTP status (DS40R: the snapshot is out of date, read it again);
-- DETAIL is the field at fault.
CREATE OR REPLACE FUNCTION dsr.raise_error(status text, field text, message text) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'DS' || status, MESSAGE = message, DETAIL = coalesce(field, '');
END
$function$;

ALTER FUNCTION dsr.raise_error(text, text, text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.raise_error(text, text, text) FROM PUBLIC;
