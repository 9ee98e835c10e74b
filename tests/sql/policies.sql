-- SPDX-License-Identifier: GPL-3.0-or-later
-- Row level security: every policy of every table hides something that would be seen without it.
--
-- Each table gets a row of Ann's (a patron), one of Bob's (another one of library 1) and one of library 2. As dsrd_owner, as which every function
-- runs, rows are counted: for somebody who reaches library 1 against library_only, and for Ann alone against own_only. Then the policy lets
-- everything through, and the count must grow.
BEGIN;
SET search_path = public, pg_catalog;

INSERT INTO dsr.account (library_id, id, roles) SELECT l, ('00000000-0000-0000-0000-0000000000a' || n)::uuid, '{patron}'
  FROM (VALUES (1, 1), (1, 2), (2, 3)) AS people (l, n);
CREATE TEMP TABLE person AS SELECT library_id AS l, id AS a, ('00000000-0000-0000-0000-0000000000b' || right(id::text, 1))::uuid AS s, right(id::text, 1)::int AS n
  FROM dsr.account;
INSERT INTO dsr.subject (library_id, id, alias, created_by) SELECT l, s, 'calm-otter-' || n, a FROM person;
UPDATE dsr.account SET subject_id = s FROM person WHERE id = a;
SELECT set_config('dsr.library', '1', true), dsr.vendor_load(1, '{"slug": "acme", "name": "Acme", "establishments": [], "channels": []}');
SELECT set_config('dsr.library', '2', true), dsr.vendor_load(2, '{"slug": "acme", "name": "Acme", "establishments": [], "channels": []}');
INSERT INTO dsr.request (library_id, id, ref, subject_id, filer, vendor, law, law_name, "right", state, zone)
SELECT l, 900000 + n, 'R-0000-000' || n, s, a, 'acme', 'eu-gdpr', 'GDPR', 'access', 'draft', 'Etc/UTC' FROM person;
INSERT INTO dsr.event (library_id, request_id, n, id, event, on_date) SELECT l, 900000 + n, 1, a, 'note', current_date FROM person;
INSERT INTO dsr.clock (library_id, request_id, clock, n, party, state, assumed, legal, confidence, cite, law_hash, explanation)
SELECT l, 900000 + n, 'respond', 1, 'vendor', 'running', false, true, 'sure', '', repeat('0', 64), '[]' FROM person;
INSERT INTO dsr.message (library_id, id, kind, recipient_kind, recipient_id, address_hash, day)
SELECT l, s, 'reminder', 'subject', s, sha256(s::text::bytea), current_date FROM person;
INSERT INTO dsr.reminder (library_id, request_id, clock, kind, on_date, gather_on, recipient_kind, recipient_id)
SELECT l, 900000 + n, 'respond', 'early', current_date, current_date, 'subject', s FROM person;
INSERT INTO dsr.attempt (library_id, id, message_id, n, incarnation) SELECT l, s, s, 1, s FROM person;
INSERT INTO dsr.idempotency (library_id, account_id, key, body_hash, ref, status) SELECT l, a, 'k', sha256(''), 'R', 201 FROM person;
INSERT INTO dsr.token (library_id, id, account_id, hash, scope, expires_at)
SELECT l, 'token2345' || (n + 1), a, sha256(a::text::bytea), 'read', now() + interval '1 day' FROM person;
INSERT INTO dsr.reply_token (library_id, hash, request_id, vendor, channel, message_id)
SELECT l, sha256(a::text::bytea), 900000 + n, 'acme', 'email-1', '<1@x>' FROM person;
INSERT INTO dsr.vendor_channel (library_id, vendor, channel, address_mark, seen_on)
SELECT DISTINCT l, 'acme', 'email-1', md5(''), current_date FROM person;
INSERT INTO dsr.vendor_domain (library_id, domain, vendor) SELECT DISTINCT l, 'acme.example', 'acme' FROM person;
INSERT INTO dsr.vendor_product (library_id, slug, name, source) SELECT DISTINCT l, 'acme', 'Acme Atlas', 'a list' FROM person;
INSERT INTO dsr.letter (library_id, id, request_id, kind, lang, channel, text, sha256, message_id, mail_id, approved_by)
SELECT l, s, 900000 + n, 'request', 'en', 'email-1', decode('01' || repeat('00', 60), 'hex'), sha256(''), s, '<1@x>', a FROM person;
INSERT INTO dsr.reply (library_id, sha256, came_at, size, cut, media_types, kind, match_by, request_id, state)
SELECT l, sha256(a::text::bytea), now(), 1, false, '{}', 'answer', 'token', 900000 + n, 'proposed' FROM person;
INSERT INTO dsr.inbox_mark (library_id, source, uidvalidity, uid) SELECT l, 'imaps://x/' || n, 1, 1 FROM person;
INSERT INTO dsr.retention (library_id, class, days) SELECT l, 'draft', 30 + n FROM person ON CONFLICT DO NOTHING;
INSERT INTO dsr.purge_day (library_id, done_on) SELECT l, current_date FROM person ON CONFLICT DO NOTHING;
INSERT INTO dsr.hold (library_id, id, author, reason, until)
SELECT l, s, a, decode('01' || repeat('00', 60), 'hex'), current_date FROM person;
INSERT INTO dsr.hold_target (library_id, hold_id, request_id) SELECT l, s, 900000 + n FROM person;
INSERT INTO dsr.tombstone (library_id, vendor, law, "right", to_be_acknowledged, denied, extended, class, days, purged_month)
SELECT l, 'acme', 'eu-gdpr', 'access', false, false, false, 'draft', 30, date_trunc('month', current_date) FROM person;
INSERT INTO dsr.digest (library_id, account_id, week) SELECT l, a, current_date FROM person;
INSERT INTO dsr.authority (library_id, subject_id, n, form, given_on, recorded_by) SELECT l, s, 1, 'signed', current_date, a FROM person;
INSERT INTO dsr.recipient (library_id, address_hash) SELECT l, sha256(a::text::bytea) FROM person;
INSERT INTO dsr.report_snapshot (library_id, quarter, least, tables)
SELECT l, date_trunc('quarter', current_date)::date, 5, '{"vendors": [], "rights": []}' FROM (SELECT DISTINCT l FROM person) libraries;
INSERT INTO dsr.demand (library_id, n, id, received_on, kind, from_whom, asked, created_by)
SELECT l, n, a, current_date, 'other', decode('01' || repeat('00', 60), 'hex'), decode('01' || repeat('00', 60), 'hex'), a FROM person;
INSERT INTO dsr.look (library_id, looked_at, every) SELECT DISTINCT l, now(), interval '1 minute' FROM person ON CONFLICT DO NOTHING;
INSERT INTO dsr.configuration (library_id, host, marks) SELECT l, 'h' || n, '{}' FROM person;
INSERT INTO dsr.audit_mailed (library_id, account_id, day, seq) SELECT l, a, current_date, 1 FROM person;
INSERT INTO dsr.audit_checkpoint (library_id, seq, hash) SELECT l, n, sha256('') FROM person;
SELECT set_config('dsr.library', '1', true), dsr.audit_add('test', NULL);
SELECT set_config('dsr.library', '2', true), dsr.audit_add('test', NULL);

CREATE FUNCTION pg_temp.seen(t name) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint;
BEGIN
    SET LOCAL ROLE dsrd_owner;
    EXECUTE format('SELECT count(*) FROM dsr.%I', t) INTO n;
    RESET ROLE;
    RETURN n;
END $$;
-- How many rows are seen with the policy, how many without it, and whether it is as it was again.
CREATE FUNCTION pg_temp.probe(t name, p name) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    guarded bigint;
    open bigint;
    whole bigint;
BEGIN
    PERFORM api.enter('1', '00000000-0000-0000-0000-0000000000a1', 'patron', CASE p WHEN 'own_only' THEN 'own' ELSE 'library' END);
    EXECUTE format('SELECT count(*) FROM dsr.%I', t) INTO whole; -- as superuser
    guarded := pg_temp.seen(t);
    BEGIN
        EXECUTE format('ALTER POLICY %I ON dsr.%I USING (true)', p, t);
        open := pg_temp.seen(t);
        RAISE EXCEPTION 'put the policy back' USING ERRCODE = 'ZZ001';
    EXCEPTION WHEN SQLSTATE 'ZZ001' THEN
        NULL;
    END;
    RETURN CASE WHEN whole = guarded THEN 'every row is seen: has the test a foreign one?' WHEN guarded = 0 THEN 'not even own rows are seen'
                WHEN open > guarded THEN 'needed' ELSE 'hides nothing' END;
END $$;

SELECT * FROM no_plan();
SELECT is_empty($$ SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'library_id'
                    WHERE c.relnamespace = 'dsr'::regnamespace AND c.relkind = 'r'
                      AND NOT EXISTS (SELECT FROM pg_policies WHERE schemaname = 'dsr' AND tablename = c.relname AND policyname = 'library_only') $$,
                'every table of a library has library_only');
-- libraries_listed and found_by_hash widen: which libraries there are (dsr.libraries), and whose a token, user number or link is
-- (api.account_by_uid, token_find, unsubscribe), each for one statement.
SELECT is_empty($$ SELECT tablename || '.' || policyname FROM pg_policies
                    WHERE schemaname = 'dsr' AND policyname NOT IN ('libraries_listed', 'found_by_hash') AND NOT (cmd = 'ALL' AND roles = '{public}'
                      AND permissive = CASE policyname WHEN 'library_only' THEN 'PERMISSIVE' WHEN 'own_only' THEN 'RESTRICTIVE' END) $$,
                'there are these two only, for every command and role, and own_only narrows');
SELECT is(pg_temp.probe(tablename, policyname), 'needed', format('%s on %s', policyname, tablename)) 
  FROM pg_policies WHERE schemaname = 'dsr' AND policyname NOT IN ('libraries_listed', 'found_by_hash') ORDER BY 1;

-- What widens is shut again by the function that opened it.
SELECT api.enter('1', '', '', '');
SELECT is((SELECT count(*)::int FROM json_array_elements(api.account_by_uid(repeat('ab', 32)))), 0, 'an unknown user has no account');
SELECT is(api.token_find((SELECT encode(hash, 'hex') FROM dsr.token WHERE library_id = 2)) ->> 'library', '2', 'a token is found in its library');
SELECT api.enter('1', '', '', '');
SELECT throws_ok($$ SELECT api.unsubscribe(jsonb_build_object('token_hash', repeat('ab', 32), 'on', false)) $$, 'DS404', NULL, 'an unknown link is refused');
SET LOCAL ROLE dsrd_owner;
SELECT is_empty($$ SELECT 1 FROM dsr.account WHERE library_id <> 1 UNION ALL SELECT 1 FROM dsr.token WHERE library_id <> 1
                   UNION ALL SELECT 1 FROM dsr.recipient WHERE library_id <> 1 UNION ALL SELECT 1 FROM dsr.library WHERE id <> 1 $$,
                'no look through all libraries stays open');
RESET ROLE;

-- Who reaches only what is own, and writes: neither another's row, nor one's own into another's hands.
SELECT api.enter('1', '00000000-0000-0000-0000-0000000000a1', 'patron', 'own');
SET LOCAL ROLE dsrd_owner;
SELECT throws_ok($$ INSERT INTO dsr.request (library_id, ref, subject_id, filer, vendor, law, law_name, "right", state, zone)
                    VALUES (1, 'R-0000-0009', '00000000-0000-0000-0000-0000000000b2', '00000000-0000-0000-0000-0000000000a1', 'acme', 'x', 'x', 'access', 'draft', 'Etc/UTC') $$,
                 '42501', NULL, 'no request for another person is written');
SELECT throws_ok($$ INSERT INTO dsr.event (library_id, request_id, n, id, event, on_date) VALUES (1, 900002, 7, gen_random_uuid(), 'note', current_date) $$,
                 '42501', NULL, 'nor an event on one');
SELECT throws_ok($$ UPDATE dsr.request SET subject_id = '00000000-0000-0000-0000-0000000000b2' $$, '42501', NULL, 'nor one''s own given to another');
WITH changed AS (UPDATE dsr.subject SET version = version + 1 RETURNING id)
SELECT is((SELECT string_agg(id::text, ',') FROM changed), '00000000-0000-0000-0000-0000000000b1', 'a change without a WHERE changes what is own');
RESET ROLE;

-- The account is looked at anew each time.
UPDATE dsr.account SET roles = '{patron,staff}' WHERE id = '00000000-0000-0000-0000-0000000000a1';
SELECT throws_ok($$ SELECT api.enter('1', '00000000-0000-0000-0000-0000000000a1', 'patron', 'own') $$, 'DS503', NULL, 'other roles than remembered are noticed');
SELECT lives_ok($$ SELECT api.enter('1', '00000000-0000-0000-0000-0000000000a1', 'patron,staff', 'library') $$, 'and the new ones hold');
UPDATE dsr.account SET disabled = true WHERE id = '00000000-0000-0000-0000-0000000000a1';
SELECT throws_ok($$ SELECT api.enter('1', '00000000-0000-0000-0000-0000000000a1', 'patron,staff', 'library') $$, 'DS401', NULL, 'a closed account is refused');
SELECT throws_ok($$ SELECT api.enter('2', '00000000-0000-0000-0000-0000000000a2', 'patron', 'own') $$, 'DS401', NULL, 'and one of another library');
SELECT set_config('dsr.account', '00000000-0000-0000-0000-0000000000a2', true), set_config('dsr.subject', '', true), set_config('dsr.reach', '', true);
SELECT is(dsr.sees_all(), false, 'a caller whose reach was not said does not see all');
SELECT * FROM finish();
ROLLBACK;
