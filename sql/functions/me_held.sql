-- SPDX-License-Identifier: GPL-3.0-or-later
-- What kinds of things are held about the caller: how many, since when, whether sealed, and how long: with the account, until it is erased
-- (or `kept_until`), or as the audit log. Requests are those about the caller; what was filed for others is theirs.
CREATE OR REPLACE FUNCTION api.me_held() RETURNS json
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    here integer := dsr.library();
    i uuid := dsr.me();
    s dsr.subject;
    about bigint[];
    last date; -- of the requests; null while one is open or held
BEGIN
    SELECT * INTO s FROM dsr.subject WHERE library_id = here AND id = dsr.my_subject();
    about := ARRAY(SELECT id FROM dsr.request WHERE library_id = here AND subject_id = s.id);
    SELECT max(kept) INTO last FROM (SELECT dsr.kept_until(r) AS kept FROM dsr.request r WHERE r.library_id = here AND r.id = ANY (about)) k
    HAVING bool_and(kept IS NOT NULL);
    RETURN json_build_object('alias', s.alias, 'held', (
        SELECT coalesce(json_agg(json_build_object('kind', kind, 'count', n, 'since', since::date, 'sealed', sealed, 'kept', kept,
                   'kept_until', CASE WHEN kind IN ('requests', 'events', 'notes', 'dates', 'reminders') THEN last END)
                   ORDER BY place), '[]')
          FROM (SELECT 1 AS place, 'account' AS kind, count(*) AS n, min(created_at) AS since, true AS sealed, 'account' AS kept
                  FROM dsr.account WHERE library_id = here AND id = i
                UNION ALL SELECT 2, 'person', count(s.id), min(s.created_at), true, 'erase'
                UNION ALL SELECT 3, 'authorities', count(*), min(recorded_at), false, 'erase'
                            FROM dsr.authority WHERE library_id = here AND subject_id = s.id
                UNION ALL SELECT 4, 'requests', count(*), min(created_at), false, 'erase'
                            FROM dsr.request WHERE library_id = here AND id = ANY (about)
                UNION ALL SELECT 5, 'events', count(*), min(at), false, 'erase'
                            FROM dsr.event WHERE library_id = here AND request_id = ANY (about)
                UNION ALL SELECT 6, 'notes', count(*), min(at), true, 'erase' FROM dsr.event
                           WHERE library_id = here AND request_id = ANY (about) AND (note IS NOT NULL OR void_reason IS NOT NULL)
                UNION ALL SELECT 7, 'dates', count(*), NULL, false, 'erase'
                            FROM dsr.clock WHERE library_id = here AND request_id = ANY (about)
                UNION ALL SELECT 8, 'reminders', count(*), NULL, false, 'erase'
                            FROM dsr.reminder WHERE library_id = here AND request_id = ANY (about)
                UNION ALL SELECT 9, 'mails', count(*), min(created_at), true, 'erase' FROM dsr.message WHERE library_id = here
                           AND (recipient_id IN (i, s.id) OR address_hash = ANY (dsr.addresses_of(i, s.id)))
                UNION ALL SELECT 10, 'filed_for_others', count(*), min(created_at), false, 'account' FROM dsr.request
                           WHERE library_id = here AND filer = i AND subject_id IS DISTINCT FROM s.id
                UNION ALL SELECT 11, 'calls', count(*), min(created_at), false, 'account'
                            FROM dsr.idempotency WHERE library_id = here AND account_id = i
                UNION ALL SELECT 12, 'tokens', count(*), min(created_at), false, 'account'
                            FROM dsr.token WHERE library_id = here AND account_id = i
                UNION ALL SELECT 14, 'replies', count(*), min(came_at), false, 'erase'
                            FROM dsr.reply WHERE library_id = here AND request_id = ANY (about) AND state <> 'pen'
                UNION ALL SELECT 13, 'audit', count(*), min(at), false, 'audit' FROM dsr.audit
                           WHERE library_id = here AND (account_id = i OR target = ANY (dsr.audit_targets(i, s.id)))) kinds
         WHERE n > 0));
END
$function$;

ALTER FUNCTION api.me_held() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.me_held() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.me_held() TO dsrd_api;
