-- SPDX-License-Identifier: GPL-3.0-or-later
-- The day from which the days count that a draft is kept: when somebody last touched it. A deletion that waits for the answer to a request
-- for access is not forgotten: null while that one is open, then from what last happened to it.
CREATE OR REPLACE FUNCTION dsr.draft_counts_from(r dsr.request) RETURNS date
    LANGUAGE plpgsql STABLE
AS $function$
DECLARE
    before bigint[] := '{}';
    waits boolean := false;
    family text[];
BEGIN
    IF r."right" = 'deletion' THEN
        family := dsr.vendor_family(r.vendor);
        SELECT coalesce(array_agg(o.id), '{}'), coalesce(bool_or(o.state = 'open' AND NOT o.answered), false) INTO before, waits FROM dsr.request o
         WHERE o.library_id = r.library_id AND o.subject_id = r.subject_id AND o.vendor = ANY (family) AND o."right" IN ('access', 'portability');
    END IF;
    IF waits THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT (greatest(r.created_at, max(at)) AT TIME ZONE (SELECT zone FROM dsr.library WHERE id = r.library_id))::date
              FROM dsr.event WHERE library_id = r.library_id AND request_id = ANY (before || r.id));
END
$function$;

ALTER FUNCTION dsr.draft_counts_from(dsr.request) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.draft_counts_from(dsr.request) FROM PUBLIC;
