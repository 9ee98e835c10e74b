-- SPDX-License-Identifier: GPL-3.0-or-later
-- For a deletion that is not sent yet: the reference of the request whose answer it should wait for, so that there is something left to see.
-- That is the person's newest request for access to the same vendor that is open or still to send. Else null.
CREATE OR REPLACE FUNCTION dsr.comes_after(r dsr.request) RETURNS text
    LANGUAGE plpgsql STABLE -- which keeps the plan for the session
AS $function$
BEGIN
    IF r.state <> 'draft' OR r."right" <> 'deletion' THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT o.ref FROM dsr.request o
             WHERE o.library_id = r.library_id AND o.subject_id = r.subject_id AND o.vendor = r.vendor
               AND o."right" IN ('access', 'portability') AND NOT o.answered AND o.state <> 'closed'
             ORDER BY o.id DESC LIMIT 1);
END
$function$;

ALTER FUNCTION dsr.comes_after(dsr.request) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.comes_after(dsr.request) FROM PUBLIC;
