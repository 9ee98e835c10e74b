-- SPDX-License-Identifier: GPL-3.0-or-later
-- Sees to authorities whose last day is over. Costs what has ended, not what exists.
CREATE OR REPLACE FUNCTION dsr.authorities_expire(p_today date) RETURNS void
    LANGUAGE plpgsql
AS $function$
DECLARE
    subject uuid;
BEGIN
    FOR subject IN SELECT DISTINCT subject_id FROM dsr.authority
                    WHERE library_id = dsr.library() AND NOT ended AND until IS NOT NULL AND until < p_today LIMIT 100
    LOOP
        PERFORM dsr.authority_settle(subject);
    END LOOP;
END
$function$;

ALTER FUNCTION dsr.authorities_expire(date) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.authorities_expire(date) FROM PUBLIC;
