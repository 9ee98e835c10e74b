-- SPDX-License-Identifier: GPL-3.0-or-later
-- An authority as lists show it; its state is valid, expired or withdrawn.
CREATE OR REPLACE FUNCTION dsr.authority_json(a dsr.authority) RETURNS json
    LANGUAGE sql STABLE
AS $function$
SELECT json_build_object('subject', (SELECT alias FROM dsr.subject WHERE library_id = a.library_id AND id = a.subject_id),
           'n', a.n, 'form', a.form, 'on', a.given_on, 'until', a.until, 'vendors', a.vendors, 'rights', a.rights,
           'withdrawn', a.withdrawn_on,
           'state', CASE WHEN a.withdrawn_on IS NOT NULL THEN 'withdrawn' WHEN a.until < dsr.today() THEN 'expired' ELSE 'valid' END)
$function$;

ALTER FUNCTION dsr.authority_json(dsr.authority) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.authority_json(dsr.authority) FROM PUBLIC;
