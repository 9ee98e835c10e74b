-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a clock that was wrong has called ended, and has not, authorises again.
CREATE OR REPLACE FUNCTION dsr.authorities_revive(p_today date) RETURNS void
    LANGUAGE plpgsql
AS $function$
DECLARE
    subject uuid;
BEGIN
    FOR subject IN
        WITH revived AS (UPDATE dsr.authority SET ended = false
                          WHERE library_id = dsr.library() AND ended AND withdrawn_on IS NULL AND until >= p_today RETURNING subject_id)
        SELECT DISTINCT subject_id FROM revived ORDER BY 1
    LOOP
        PERFORM dsr.authority_settle(subject);
    END LOOP;
END
$function$;

ALTER FUNCTION dsr.authorities_revive(date) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.authorities_revive(date) FROM PUBLIC;
