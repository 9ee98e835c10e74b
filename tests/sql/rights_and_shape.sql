-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who may touch what; what overdue means; that the paths people wait for use indexes.
BEGIN;
SET search_path = public, pg_catalog;
SELECT plan(32);

-- Rights.
SELECT is_empty($$ SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
                    WHERE nspname = 'dsr' AND relkind = 'r' AND (has_table_privilege('dsrd_api', c.oid, 'SELECT, INSERT, UPDATE, DELETE')
                          OR has_table_privilege('dsrd_mailer', c.oid, 'SELECT, INSERT, UPDATE, DELETE')
                          OR has_table_privilege('dsrd_inbox', c.oid, 'SELECT, INSERT, UPDATE, DELETE')) $$, 'the daemon''s roles touch no table');
SELECT is_empty($$ SELECT role FROM unnest(ARRAY['dsrd_api', 'dsrd_mailer', 'dsrd_inbox']) role
                    WHERE has_database_privilege(role, current_database(), 'TEMPORARY, CREATE') $$, 'and can make none, not even a temporary one');
SELECT is_empty($$ SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
                    WHERE nspname = 'dsr' AND relkind = 'r' AND attname = 'library_id' AND NOT (relrowsecurity AND relforcerowsecurity) $$,
                'every table of a library has row level security, forced');
SELECT is_empty($$ SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'api'::regnamespace
                     AND (NOT prosecdef OR proconfig IS NULL OR NOT 'search_path=pg_catalog, dsr' = ANY (proconfig)) $$,
                'every function of api is security definer with a pinned search path');
SELECT is_empty($$ SELECT p.oid::regprocedure FROM pg_proc p, aclexplode(coalesce(proacl, acldefault('f', proowner))) a
                    WHERE pronamespace IN ('api'::regnamespace, 'dsr'::regnamespace) AND a.grantee = 0 $$, 'nothing is granted to everybody');
SELECT is_empty($$ SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'api'::regnamespace AND proname LIKE 'mail\_%'
                     AND proname IN ('mail_lease', 'mail_begin', 'mail_verdict', 'mail_release') AND has_function_privilege('dsrd_api', oid, 'EXECUTE') $$,
                'the outbox is the mailers''');
SELECT is_empty($$ SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'api'::regnamespace
                     AND proname NOT IN ('mail_lease', 'mail_begin', 'mail_verdict', 'mail_release', 'ring_check', 'schema_state') AND has_function_privilege('dsrd_mailer', oid, 'EXECUTE') $$,
                'and nothing else is, but a look at the key ring''s mark and the schema''s version');
SELECT is_empty($$ SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'api'::regnamespace AND proname IN ('inbox_store', 'inbox_mark')
                     AND (has_function_privilege('dsrd_api', oid, 'EXECUTE') OR NOT has_function_privilege('dsrd_inbox', oid, 'EXECUTE')) $$,
                'what comes in is stored by its reader alone');
SELECT is_empty($$ SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'api'::regnamespace AND proname NOT IN ('inbox_store', 'inbox_mark', 'schema_state')
                     AND has_function_privilege('dsrd_inbox', oid, 'EXECUTE') $$, 'which may do nothing else, but look at the schema''s version');
SELECT is_empty($$ SELECT rolname FROM pg_roles WHERE rolname LIKE 'dsrd\_%' AND rolname <> 'dsrd_admin' AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb) $$,
                'the roles may do nothing special');
SELECT is_empty($$ SELECT 1 FROM pg_namespace n, aclexplode(nspacl) a WHERE nspname = 'dsr' AND grantee <> nspowner $$, 'the schema dsr is its owner''s alone');

-- Data to ask about: 20,000 requests of one filer, 50 of them overdue.
INSERT INTO dsr.account (library_id, id, roles) VALUES (1, '00000000-0000-0000-0000-0000000000a1', '{staff}'), (1, '00000000-0000-0000-0000-0000000000a2', '{patron}'),
    (2, '00000000-0000-0000-0000-0000000000a1', '{staff}');
SELECT api.enter('1', '00000000-0000-0000-0000-0000000000a1', 'staff', 'library');
INSERT INTO dsr.subject (library_id, id, alias, residence, created_by)
VALUES (1, '00000000-0000-0000-0000-0000000000b1', 'amber-heron', 'NL', '00000000-0000-0000-0000-0000000000a1');
SELECT dsr.vendor_load(1, '{"slug": "acme", "name": "Acme", "brands": ["Road Runner"], "establishments": [], "channels": [],
                           "nonprofit": true, "extends_rights": [{"rights": ["access"], "people": "everybody"}]}');
INSERT INTO dsr.request (library_id, ref, subject_id, filer, vendor, law, law_name, "right", state, sent_on, zone, wanted, clock, due, earliest, latest, breach_at, legal)
SELECT 1, format('R-%s-%s', lpad((n / 10000)::text, 4, '0'), lpad((n % 10000)::text, 4, '0')), '00000000-0000-0000-0000-0000000000b1', '00000000-0000-0000-0000-0000000000a1', 'acme', 'eu-gdpr', 'GDPR', 'access', 'open',
       current_date - 10, 'Europe/Amsterdam', '[]', 'respond', d, d, d, (d + 1)::timestamp AT TIME ZONE 'Europe/Amsterdam', true
  FROM generate_series(1, 20000) n, LATERAL (SELECT CASE WHEN n <= 50 THEN current_date - 3 ELSE current_date + 200 + n % 90 END AS d) due;
ANALYZE dsr.request;

-- What overdue means: after the last moment of the last day, where the vendor is.
SELECT is(dsr.status_of(r, (r.latest + 1)::timestamp AT TIME ZONE r.zone - interval '1 second', 0), 'due_soon', 'until the last day has ended it is not overdue')
  FROM dsr.request r WHERE ref = 'R-0000-0060';
SELECT is(dsr.status_of(r, (r.latest + 1)::timestamp AT TIME ZONE r.zone, 0), 'overdue', 'and with the next day it is') FROM dsr.request r WHERE ref = 'R-0000-0060';
-- Days are the reader's, lateness is the vendor's: these two zones are never on the same day.
SELECT is(dsr.days_left(there - late, 'Pacific/Kiritimati', 'Etc/GMT+12'), days, format('%s days after the last one at the vendor''s, read further west', late))
  FROM (SELECT (now() AT TIME ZONE 'Pacific/Kiritimati')::date AS there, (now() AT TIME ZONE 'Etc/GMT+12')::date AS here) today,
       LATERAL (VALUES (0, there - here), (1, -1), (40, there - here - 40)) AS cases (late, days);
SELECT is(dsr.days_left((now() AT TIME ZONE 'Etc/GMT+12')::date, 'Etc/GMT+12', 'Pacific/Kiritimati'), 0, 'read further east the vendor''s last day is still today');
SELECT is((SELECT count(*) FROM json_array_elements(api.request_list('{"limit": 200, "overdue": true}') -> 'requests')), 50::bigint, 'the list of overdue ones holds those 50');
SELECT is((api.status_mine() #>> '{counts,overdue}')::int, 50, 'and the glance counts as many');

-- Only one's own.
SELECT api.enter('1', '00000000-0000-0000-0000-0000000000a2', 'patron', 'own');
SELECT is(json_array_length(api.request_list('{"limit": 50}') -> 'requests'), 0, 'a patron sees nobody else''s requests');
SELECT throws_ok($$ SELECT api.request_show('R-0000-0001') $$, 'DS404', NULL, 'not even that they are there');
SELECT api.enter('2', '00000000-0000-0000-0000-0000000000a1', 'staff', 'library');
SELECT throws_ok($$ SELECT api.vendor_show('acme') $$, 'DS404', NULL, 'nor another library''s vendors');
SELECT api.enter('1', '00000000-0000-0000-0000-0000000000a1', 'staff', 'library');
SELECT lives_ok($$ SELECT api.vendor_show('ROAD runner') $$, 'a brand in any case is the vendor');
SELECT is(api.vendor_show('acme')::jsonb #>> '{extends_rights,0,people}', 'everybody', 'with every member of its document');

-- Plans. auto_explain would hide what the functions do, so their own statements are asked about.
SELECT unalike(pg_temp.plan_of($$ SELECT * FROM dsr.request WHERE library_id = 1 AND state = 'open' AND NOT answered AND NOT paused AND late_at <= now() ORDER BY late_at, id LIMIT 50 $$),
              '%Seq Scan%', 'overdue ones are found by index');
SELECT unalike(pg_temp.plan_of($$ SELECT * FROM dsr.request WHERE library_id = 1 AND ref = 'R-0000-0007' $$), '%Seq Scan%', 'a reference is found by index');
UPDATE dsr.request SET homework = 'summer-2026', vendor = 'acme', "right" = (ARRAY['access', 'deletion', 'correction'])[right(ref, 1)::int] WHERE ref IN ('R-0000-0001', 'R-0000-0002', 'R-0000-0003');
ANALYZE dsr.request;
SELECT alike(pg_temp.plan_of($$ SELECT * FROM dsr.request r WHERE r.library_id = 1 AND r.homework = 'summer-2026' ORDER BY r.sort_due, r.id LIMIT 51 $$),
             '%request_homework%', 'a homework is found by its index');
SELECT throws_ok($$ UPDATE dsr.request SET homework = 'summer-2026' WHERE ref = 'R-0000-0004' $$, '23505', NULL,
                 'which refuses a second request of a person for the same right of the same vendor');
SET LOCAL enable_seqscan = off; -- these tables are empty here: it is asked whether an index serves, not whether it pays
SELECT alike(pg_temp.plan_of($$ SELECT id FROM dsr.reminder WHERE library_id = 1 AND state = 'planned' AND gather_on <= current_date ORDER BY gather_on, id LIMIT 100 $$),
            '%Index%', 'reminders that fall due are found by index');
SELECT ok(plan LIKE '%message_waiting%' AND plan NOT LIKE '%Sort%', 'mails to send are found by index, and in its order')
  FROM pg_temp.plan_of($$ SELECT id FROM dsr.message WHERE library_id = 1 AND state IN ('queued', 'in_doubt') AND next_at <= now() AND deaths BETWEEN 0 AND 0
                           ORDER BY deaths, pressing, next_at LIMIT 20 FOR UPDATE SKIP LOCKED $$) plan;
SELECT alike(pg_temp.plan_of($$ SELECT * FROM dsr.account WHERE library_id = 1 AND uid_hash = '\x00' $$), '%Index%', 'an account is found by index');
SELECT alike(pg_temp.plan_of($$ SELECT * FROM dsr.event WHERE library_id = 1 AND request_id = 1 ORDER BY n $$), '%Index%', 'events are found by index');
SELECT * FROM finish();
ROLLBACK;
