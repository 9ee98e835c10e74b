-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a subject has authorised, for dsrd to check a filing against: the newest hundred.
CREATE OR REPLACE FUNCTION dsr.authorities_of(p_subject uuid) RETURNS json
    LANGUAGE sql STABLE
AS $function$
SELECT coalesce(json_agg(json_build_object('vendors', a.vendors, 'rights', a.rights, 'on', a.given_on, 'until', a.until,
                                           'withdrawn', a.withdrawn_on) ORDER BY a.n DESC), '[]')
  FROM (SELECT * FROM dsr.authority WHERE library_id = dsr.library() AND subject_id = p_subject ORDER BY n DESC LIMIT 100) a
$function$;

ALTER FUNCTION dsr.authorities_of(uuid) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.authorities_of(uuid) FROM PUBLIC;
