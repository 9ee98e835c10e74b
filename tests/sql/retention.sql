-- SPDX-License-Identifier: GPL-3.0-or-later
-- How long a request is kept, what a hold keeps longer, what a purge takes and leaves.
BEGIN;
SET search_path = public, pg_catalog;
SELECT plan(42);
SELECT set_config('dsr.library', '1', true), set_config('dsr.account', '00000000-0000-0000-0000-0000000000a1', true),
       set_config('dsr.roles', 'officer', true), set_config('dsr.reach', 'library', true);
INSERT INTO dsr.account (library_id, id, roles) VALUES (1, '00000000-0000-0000-0000-0000000000a1', '{officer,staff}');
INSERT INTO dsr.subject (library_id, id, alias, residence) VALUES (1, '00000000-0000-0000-0000-0000000000b1', 'amber-heron', 'NL');
UPDATE dsr.account SET subject_id = '00000000-0000-0000-0000-0000000000b1';
SELECT dsr.vendor_load(1, '{"slug": "acme", "name": "Acme", "brands": [], "establishments": [], "channels": []}');
SELECT dsr.vendor_load(1, '{"slug": "other", "name": "Other", "brands": [], "establishments": [], "channels": []}');

-- The cases: what, state, outcome, days since closing or last touch, the person's own clock (state, days from today), days kept from today
-- (null: no end).
CREATE TEMPORARY TABLE rule_case (id bigint, what text, state text, outcome text, ago int, clock_state text, clock_in int, kept int);
INSERT INTO rule_case VALUES
    (1, 'open: no end', 'open', NULL, 400, NULL, NULL, NULL),
    (2, 'closed today as fulfilled: 90 days', 'closed', 'fulfilled', 0, NULL, NULL, 90),
    (3, 'closed 90 days ago: to the end of today', 'closed', 'fulfilled', 90, NULL, NULL, 0),
    (4, 'closed 91 days ago: over', 'closed', 'fulfilled', 91, NULL, NULL, -1),
    (5, 'denied is kept for the days of its own', 'closed', 'denied', 10, NULL, NULL, 190),
    (6, 'a duplicate for few', 'closed', 'duplicate', 3, NULL, NULL, -1),
    (7, 'the person''s own time that ends later counts', 'closed', 'fulfilled', 100, 'running', -20, 70),
    (8, 'also when it lies ahead', 'closed', 'fulfilled', 100, 'running', 30, 120),
    (9, 'also when the person has used it', 'closed', 'fulfilled', 100, 'met', -20, 70),
    (10, 'not when it is void', 'closed', 'fulfilled', 100, 'void', -20, -10),
    (11, 'nor when it ended before the closing', 'closed', 'fulfilled', 50, 'running', -80, 40),
    (12, 'a draft counts from when it was last touched', 'draft', NULL, 20, NULL, NULL, 10),
    (13, 'a draft long forgotten is over', 'draft', NULL, 31, NULL, NULL, -1),
    (14, 'closed without an outcome: other', 'closed', NULL, 10, NULL, NULL, 50);
INSERT INTO dsr.request (library_id, id, ref, subject_id, filer, vendor, law, law_name, "right", state, sent_on, received, outcome,
                         closed_on, zone, created_at)
SELECT 1, id, format('R-0000-%s', lpad(id::text, 4, '0')), '00000000-0000-0000-0000-0000000000b1', '00000000-0000-0000-0000-0000000000a1',
       'acme', 'eu-gdpr', 'GDPR', 'access', state, CASE WHEN state <> 'draft' THEN dsr.today() - ago - 20 END,
       CASE WHEN state <> 'draft' THEN dsr.today() - ago - 18 END,
       outcome, CASE WHEN state = 'closed' THEN dsr.today() - ago END, 'Etc/UTC', now() - make_interval(days => ago + 5)
  FROM rule_case;
INSERT INTO dsr.event (library_id, request_id, n, id, event, on_date, at)
SELECT 1, id, 1, gen_random_uuid(), CASE state WHEN 'draft' THEN 'amended' ELSE 'sent' END,
       dsr.today() - ago - CASE state WHEN 'draft' THEN 0 ELSE 20 END,
       now() - make_interval(days => ago) FROM rule_case;
INSERT INTO dsr.clock (library_id, request_id, clock, n, party, state, due, earliest, latest, assumed, legal, confidence, cite, law_hash,
                       explanation)
SELECT 1, id, 'appeal', 1, 'requester', clock_state, d, d, d, false, true, 'sure', 'x', repeat('0', 64), '[]'
  FROM rule_case, LATERAL (SELECT dsr.today() + clock_in AS d) o WHERE clock_state IS NOT NULL;
SELECT is((SELECT count(dsr.kept_until(r)) FROM dsr.request r WHERE library_id = 1), 0::bigint, 'without a setting nothing has an end');
SELECT api.retention_put('{"fulfilled": 90, "denied": 200, "duplicate": 2, "draft": 30, "other": 60}');
SELECT is((SELECT (act, detail ->> 'denied')::text FROM dsr.audit WHERE library_id = 1 ORDER BY seq DESC LIMIT 1),
          '(retention,200)', 'a change of retention is in the audit log');
SELECT is(api.retention_put('{"fulfilled": 90}')::text, '{}', 'what is the same is no change');
SELECT is(dsr.kept_until(r), dsr.today() + c.kept, c.what)
  FROM rule_case c JOIN dsr.request r ON r.library_id = 1 AND r.id = c.id ORDER BY c.id;

-- Holds.
CREATE FUNCTION pg_temp.hold(p_n int, p_what jsonb) RETURNS json LANGUAGE sql AS $$
SELECT api.hold_add(jsonb_build_object('id', format('00000000-0000-0000-0000-0000000000c%s', p_n), 'reason_sealed',
           encode('\x01'::bytea || sha256('x') || sha256('y'), 'base64'),
           'until', dsr.today(), 'refs', '[]'::jsonb, 'subjects', '[]'::jsonb, 'vendors', '[]'::jsonb) || p_what) $$;
CREATE FUNCTION pg_temp.over() RETURNS text LANGUAGE sql AS $$ SELECT string_agg(id::text, ' ' ORDER BY id) FROM dsr.requests_over() $$;
SELECT is(pg_temp.over(), '4 6 10 13', 'what is over');
SELECT pg_temp.hold(1, '{"refs": ["R-0000-0006"]}');
SELECT is(pg_temp.over(), '4 10 13', 'a held request is kept to the end of the hold''s last day, which is today');
SELECT is(dsr.kept_until(r), NULL::date, 'and has no end till then') FROM dsr.request r WHERE library_id = 1 AND id = 6;
SELECT pg_temp.hold(2, '{"vendors": ["ACME"]}');
SELECT is(pg_temp.over(), NULL, 'a vendor''s hold covers all that was asked of it');
SELECT api.hold_release('00000000-0000-0000-0000-0000000000c2');
SELECT pg_temp.hold(3, '{"subjects": ["amber-heron"]}');
SELECT is(pg_temp.over(), NULL, 'a subject''s all about it');
UPDATE dsr.hold SET until = dsr.today() - 1 WHERE library_id = 1 AND released_at IS NULL;
SELECT is(pg_temp.over(), '4 6 10 13', 'the day after its last day a hold is over by itself');
SELECT throws_ok($$ SELECT api.hold_release('00000000-0000-0000-0000-0000000000c1') $$, 'DS409', NULL, 'and cannot be released any more');
SELECT throws_ok($$ SELECT pg_temp.hold(4, '{"refs": ["R-0000-0099"]}') $$, 'DS404', NULL, 'what is not there cannot be held');
SELECT throws_ok($$ SELECT pg_temp.hold(4, jsonb_build_object('refs', '["R-0000-0001"]'::jsonb, 'until', dsr.today() - 1)) $$,
                 'DS422', NULL, 'nor a hold end before it begins');

-- The purge.
SELECT is(api.purge('{"limit": 3, "daily": true}')::jsonb ->> 'more', 'true', 'a batch that was full is not the end');
SELECT is((SELECT (api.purge('{"limit": 3, "daily": true}')::jsonb - 'holds')::text),
          '{"more": false, "mails": 0, "requests": 1, "subjects": 0}', 'the next one takes what is left');
SELECT is((SELECT count(*) FROM dsr.request WHERE library_id = 1 AND id IN (4, 6, 10, 13))
          + (SELECT count(*) FROM dsr.event WHERE request_id IN (4, 6, 10, 13)),
          0::bigint, 'they are gone with what hung on them');
UPDATE dsr.request SET closed_on = closed_on - 400 WHERE library_id = 1 AND id IN (2, 3);
SELECT is(api.purge('{"limit": 3, "daily": true}')::jsonb ->> 'requests', '0', 'once a day');
SELECT is(api.purge('{"limit": 3}')::jsonb ->> 'requests', '2', 'but whenever an officer says so');
-- Mails: one about a purged request alone, and such as are about another one too.
CREATE TEMPORARY TABLE mail_case (n int, what text, state text, bytes boolean, shared boolean, left_as text);
INSERT INTO mail_case VALUES (1, 'a mail about it alone goes', 'sent', false, false, NULL),
    (2, 'even one that waits', 'queued', false, false, NULL),
    (3, 'one that was sent and is about another too stays, without the relay''s reply', 'sent', false, true, 'sent no reply'),
    (4, 'one that was never tried is composed anew', 'queued', false, true, 'queued again no reply'),
    (5, 'what is in doubt for a month is given up, without its bytes', 'in_doubt', true, true, 'failed no reply'),
    (6, 'one that is being sent is left to its mailer', 'sending', true, true, 'sending bytes no reply');
INSERT INTO dsr.message (library_id, id, kind, recipient_kind, recipient_id, address_hash, day, state, bytes)
SELECT 1, format('00000000-0000-0000-0000-0000000000e%s', n)::uuid, 'reminder', 'subject', '00000000-0000-0000-0000-0000000000b1',
       sha256('x'), dsr.today() - 40 - n, state, CASE WHEN bytes THEN '\x01'::bytea || sha256('x') || sha256('y') END FROM mail_case;
INSERT INTO dsr.attempt (library_id, id, message_id, n, incarnation, reply)
SELECT 1, gen_random_uuid(), format('00000000-0000-0000-0000-0000000000e%s', n)::uuid, 1, gen_random_uuid(),
       '\x01'::bytea || sha256('x') || sha256('y') FROM mail_case;
INSERT INTO dsr.reminder (library_id, request_id, clock, kind, on_date, gather_on, recipient_kind, recipient_id, state, message_id)
SELECT 1, r.id, 'respond', 'early', dsr.today() - n, dsr.today() - n, 'subject', '00000000-0000-0000-0000-0000000000b1', 'gathered',
       format('00000000-0000-0000-0000-0000000000e%s', n)::uuid
  FROM mail_case, dsr.request r WHERE r.library_id = 1 AND (r.id = 7 OR (r.id = 1 AND shared));
UPDATE dsr.clock SET earliest = earliest - 400, due = due - 400, latest = latest - 400 WHERE library_id = 1 AND request_id = 7;
UPDATE dsr.message SET day = dsr.today() WHERE library_id = 1 AND id = '00000000-0000-0000-0000-0000000000e5';
SELECT is(pg_temp.over(), NULL, 'a request waits for the mail about it that is on its way');
UPDATE dsr.message SET day = dsr.today() - 31 WHERE library_id = 1 AND id = '00000000-0000-0000-0000-0000000000e5';
SELECT is(api.purge('{}')::jsonb ->> 'requests', '1', 'but not for ever');
SELECT is((SELECT concat_ws(' ', m.state, CASE WHEN m.bytes IS NOT NULL THEN 'bytes' END,
                            CASE WHEN m.state = 'queued' AND m.version = 2 THEN 'again' END,
                            (SELECT CASE WHEN reply IS NULL THEN 'no reply' ELSE 'reply' END FROM dsr.attempt a WHERE a.message_id = m.id))
             FROM dsr.message m WHERE m.library_id = 1 AND m.id = format('00000000-0000-0000-0000-0000000000e%s', c.n)::uuid),
          c.left_as, c.what)
  FROM mail_case c ORDER BY c.n;

-- The subject goes with the last request about it, and the link from its account too.
UPDATE dsr.request SET state = 'closed', outcome = 'fulfilled', closed_on = dsr.today() - 1000 WHERE library_id = 1;
DELETE FROM dsr.clock WHERE library_id = 1;
SELECT is(api.purge('{"limit": 1}')::jsonb ->> 'subjects', '0', 'while a request is about a subject it stays');
SELECT is(api.purge('{}')::jsonb ->> 'subjects', '1', 'and with the last one');
SELECT is((SELECT count(*) FROM dsr.subject WHERE library_id = 1 AND alias = 'amber-heron')
          + (SELECT count(subject_id) FROM dsr.account WHERE library_id = 1),
          0::bigint, 'then it goes, and its account no longer knows it');
SELECT * FROM finish();
ROLLBACK;
