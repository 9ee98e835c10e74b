-- SPDX-License-Identifier: GPL-3.0-or-later
-- For how many days a class of records is kept: an outcome, draft, or other; null: for ever.
CREATE OR REPLACE FUNCTION dsr.retention_days(p_class text) RETURNS integer
    LANGUAGE sql STABLE
AS $function$
SELECT days FROM dsr.retention WHERE library_id = dsr.library() AND class = p_class
$function$;

ALTER FUNCTION dsr.retention_days(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.retention_days(text) FROM PUBLIC;
