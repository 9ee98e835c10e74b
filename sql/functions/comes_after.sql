-- SPDX-License-Identifier: GPL-3.0-or-later
-- For a deletion that is not sent yet: the reference of the request whose answer it should wait for, so that there is something left to see.
-- That is the person's newest request for access to the same vendor that is open or still to send, also under the name of one that was taken
-- over. Else null.
CREATE OR REPLACE FUNCTION dsr.comes_after(r dsr.request) RETURNS text
    LANGUAGE plpgsql STABLE -- which keeps the plan for the session
AS $function$
DECLARE
    owner text;
BEGIN
    IF r.state <> 'draft' OR r."right" <> 'deletion' THEN
        RETURN NULL;
    END IF;
    -- Not dsr.vendor_family(): lists ask this of each draft, and by scalars it is planned once.
    owner := (SELECT coalesce(merged_into, slug) FROM dsr.vendor WHERE library_id = r.library_id AND slug = r.vendor);
    RETURN (SELECT o.ref FROM dsr.request o
             WHERE o.library_id = r.library_id AND o.subject_id = r.subject_id
               AND o."right" IN ('access', 'portability') AND NOT o.answered AND o.state <> 'closed'
               AND (SELECT coalesce(v.merged_into, v.slug) FROM dsr.vendor v WHERE v.library_id = o.library_id AND v.slug = o.vendor) = owner
             ORDER BY o.id DESC LIMIT 1);
END
$function$;

ALTER FUNCTION dsr.comes_after(dsr.request) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.comes_after(dsr.request) FROM PUBLIC;
