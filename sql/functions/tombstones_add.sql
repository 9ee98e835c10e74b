-- SPDX-License-Identifier: GPL-3.0-or-later
-- Leaves a tombstone for each of these requests, with what a report counts of it.
CREATE OR REPLACE FUNCTION dsr.tombstones_add(p_requests bigint[]) RETURNS void
    LANGUAGE sql
AS $function$
INSERT INTO dsr.tombstone (library_id, vendor, law, "right", outcome, sent_month, to_acknowledge, to_be_acknowledged, to_answer,
                           denied, extended, class, days, purged_month)
SELECT r.library_id, f.vendor, f.law, f."right", f.outcome, date_trunc('month', f.sent_on)::date, f.to_acknowledge, f.to_be_acknowledged,
       f.to_answer, f.denied, f.extended, dsr.retention_class(r), coalesce(dsr.retention_days(dsr.retention_class(r)), 0),
       date_trunc('month', dsr.today())::date
  FROM dsr.request r JOIN dsr.request_facts() f ON f.id = r.id
 WHERE r.library_id = dsr.library() AND r.id = ANY (p_requests) AND f.id = ANY (p_requests)
$function$;

ALTER FUNCTION dsr.tombstones_add(bigint[]) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.tombstones_add(bigint[]) FROM PUBLIC;
