-- SPDX-License-Identifier: GPL-3.0-or-later
-- What managers are told: counts by vendor of what is overdue and what falls due within a week, and of how many patrons each is. No
-- identities. In order of the names, since one by size would tell more than the mail does.
CREATE OR REPLACE FUNCTION dsr.digest_json() RETURNS json
    LANGUAGE sql STABLE
AS $function$
SELECT coalesce(json_agg(json_build_object('vendor_name', v.name, 'overdue', overdue, 'due_soon', due_soon,
                                           'overdue_patrons', overdue_patrons, 'due_soon_patrons', due_soon_patrons) ORDER BY v.name), '[]')
  FROM (SELECT vendor, count(*) FILTER (WHERE dsr.is_overdue(status)) AS overdue, count(*) FILTER (WHERE status = 'due_soon') AS due_soon,
               count(DISTINCT subject_id) FILTER (WHERE dsr.is_overdue(status)) AS overdue_patrons,
               count(DISTINCT subject_id) FILTER (WHERE status = 'due_soon') AS due_soon_patrons
          FROM (SELECT r.vendor, r.subject_id, dsr.status_of(r, now(), 7) AS status FROM dsr.request r
                 WHERE r.library_id = dsr.library() AND r.state = 'open' AND NOT r.answered AND NOT r.paused
                   AND (r.late_at <= now() OR r.sort_due <= dsr.today() + 9)) s -- zones differ by two days at most
         GROUP BY vendor) c
  JOIN dsr.vendor v ON v.library_id = dsr.library() AND v.slug = c.vendor
 WHERE overdue + due_soon > 0
$function$;

ALTER FUNCTION dsr.digest_json() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.digest_json() FROM PUBLIC;
