-- SPDX-License-Identifier: GPL-3.0-or-later
-- The class that decides how long a request is kept. Null while it is open.
CREATE OR REPLACE FUNCTION dsr.retention_class(r dsr.request) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $function$
SELECT CASE r.state WHEN 'draft' THEN 'draft' WHEN 'closed' THEN coalesce(r.outcome, 'other') END
$function$;

ALTER FUNCTION dsr.retention_class(dsr.request) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.retention_class(dsr.request) FROM PUBLIC;
