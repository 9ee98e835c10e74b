-- SPDX-License-Identifier: GPL-3.0-or-later
-- The audit log: a chain per library that is only added to.
BEGIN;
SET search_path = public, pg_catalog;
SELECT plan(12);
SELECT set_config('dsr.account', '00000000-0000-0000-0000-0000000000a1', true), set_config('dsr.library', '2', true);
SELECT dsr.audit_add('reveal', 'amber-heron', '{"reason": "phone"}');
SELECT set_config('dsr.library', '1', true);
SELECT dsr.audit_add('reveal', 'calm-otter'), dsr.audit_add('export', NULL, '{"rows": 3}'), dsr.audit_add('role', 'x', '{"b": 1, "a": 2}');

SELECT results_eq($$ SELECT seq, act::text, target FROM dsr.audit WHERE library_id = 1 ORDER BY seq $$,
                  $$ VALUES (1::bigint, 'reveal', 'calm-otter'), (2, 'export', NULL), (3, 'role', 'x') $$, 'entries are numbered in order, library by library');
SELECT is_empty($$ SELECT seq FROM (SELECT a, seq, prev, lag(hash) OVER (ORDER BY seq) AS before FROM dsr.audit a WHERE library_id = 1) c
                    WHERE prev <> before OR (a).hash <> dsr.audit_hash(a) $$, 'each holds the hash of the one before');
SELECT is((SELECT prev FROM dsr.audit WHERE library_id = 1 AND seq = 1), sha256('dsrd.audit.v1'::bytea || int4send(1)), 'the first begins a chain of its library');
SELECT is((SELECT (seq, hash)::text FROM dsr.audit_head WHERE library_id = 1), (SELECT (seq, hash)::text FROM dsr.audit WHERE library_id = 1 AND seq = 3), 'the head is the newest');
SELECT is_empty($$ SELECT 1 FROM (SELECT (dsr.audit_hash(jsonb_populate_record(a, jsonb_build_object(k, v)))) = hash AS same
                                    FROM dsr.audit a, (VALUES ('library_id', '2'), ('seq', '7'), ('at', '2020-01-01'), ('account_id', '00000000-0000-0000-0000-0000000000a2'),
                                         ('act', 'hold'), ('target', 'y'), ('prev', '\x' || repeat('00', 32))) AS changes (k, v) WHERE a.library_id = 1 AND a.seq = 3) t WHERE same $$,
                'every column is in the hash');
SELECT isnt((SELECT dsr.audit_hash(jsonb_populate_record(a, '{"detail": {"a": 3}}')) FROM dsr.audit a WHERE library_id = 1 AND seq = 3),
            (SELECT hash FROM dsr.audit WHERE library_id = 1 AND seq = 3), 'the details too');
SELECT throws_ok($$ UPDATE dsr.audit SET act = 'nothing' WHERE library_id = 1 $$, 'DS403', NULL, 'an entry cannot be changed');
SELECT throws_ok($$ DELETE FROM dsr.audit WHERE library_id = 1 $$, 'DS403', NULL, 'nor taken away');
SELECT throws_ok($$ TRUNCATE dsr.audit $$, 'DS403', NULL, 'nor all of them');
SELECT throws_ok($$ INSERT INTO dsr.audit SELECT library_id, 4, at, account_id, act, target, detail, prev, hash FROM dsr.audit WHERE library_id = 1 AND seq = 3 $$,
                 '23505', NULL, 'two cannot follow the same one');
SELECT set_config('dsr.library', '2', true);
SET LOCAL ROLE dsrd_owner;
SELECT is((SELECT count(*) FROM dsr.audit), 1::bigint, 'a library sees its own chain only');
RESET ROLE;
SELECT set_config('dsr.library', '0', true), set_config('dsr.account', '', true);
SELECT lives_ok($$ SELECT dsr.audit_add('refused', 'uid') $$, 'the system has a chain too');
SELECT * FROM finish();
ROLLBACK;
