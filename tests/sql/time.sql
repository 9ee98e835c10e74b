-- SPDX-License-Identifier: GPL-3.0-or-later
-- When the time is in doubt, until when, and that nothing is destroyed meanwhile. Clocks that really move: tests/fault/clock_jumps.t.
BEGIN;
SET search_path = public, pg_catalog;
SELECT plan(22);

CREATE FUNCTION pg_temp.look(elapsed int DEFAULT 10, now_s bigint DEFAULT extract(epoch FROM clock_timestamp())::bigint) RETURNS text LANGUAGE sql AS
$$ SELECT api.time_look(jsonb_build_object('now', now_s, 'elapsed_s', elapsed, 'jump_days', 7, 'wait_hours', 72)) ->> 'doubt' $$;
CREATE FUNCTION pg_temp.seen(right_ago interval, looked_ago interval) RETURNS void LANGUAGE sql AS
$$ UPDATE dsr.time_guard SET right_at = clock_timestamp() - right_ago, looked_at = clock_timestamp() - looked_ago, acted_at = clock_timestamp() - looked_ago, doubt = NULL, stood = '0', went_back_at = NULL $$;

SELECT is(pg_temp.look(), NULL, 'a clock that goes on is in no doubt');
SELECT is(pg_temp.look(now_s => extract(epoch FROM now())::bigint + 3700), 'apart', 'that of dsrd must be the same');
SELECT is(pg_temp.look(now_s => extract(epoch FROM now())::bigint - 3500), NULL, 'within an hour');
SELECT pg_temp.seen('6 days', '6 days');
SELECT is(pg_temp.look(NULL), NULL, 'dsrd may be off for less than a week');
SELECT pg_temp.seen('8 days', '8 days');
SELECT is(dsr.time_doubt(NULL), 'ahead', 'after more it is in doubt at once');
SELECT is(pg_temp.look(NULL), 'ahead', 'and stays so');
SELECT is(pg_temp.look(), 'ahead', 'while it only goes on');
UPDATE dsr.time_guard SET stood = '71:59:59.9', looked_at = clock_timestamp() - interval '1 minute';
SELECT is(pg_temp.look(), NULL, 'for three days');
SELECT pg_temp.seen('1 day', '1 day');
SELECT is(pg_temp.look(10), 'ahead', 'a jump that was watched is in doubt though it is short');
UPDATE dsr.time_guard SET right_at = clock_timestamp() - interval '20 seconds', looked_at = clock_timestamp() + interval '1 day', stood = '20 s';
SELECT is(pg_temp.look(), NULL, 'until it is undone');
SELECT pg_temp.seen('10 s', '10 s');
UPDATE dsr.time_guard SET right_at = clock_timestamp() + interval '2 days';
SELECT is(pg_temp.look(), 'back', 'a clock behind what was right before is in doubt');

-- What rests meanwhile.
SELECT pg_temp.seen('0', '0');
SELECT set_config('dsr.library', '1', true);
INSERT INTO dsr.ring_key VALUES (7, repeat('a', 64), now() - interval '90 days', now() - interval '80 days');
INSERT INTO dsr.retention VALUES (1, 'other', 30);
INSERT INTO dsr.account (library_id, id, roles) VALUES (1, '00000000-0000-0000-0000-0000000000a1', '{staff}');
INSERT INTO dsr.subject (library_id, id, alias, created_by, created_at)
VALUES (1, '00000000-0000-0000-0000-0000000000b1', 'amber-heron', '00000000-0000-0000-0000-0000000000a1', now() - interval '100 days');
SELECT pg_temp.seen('8 days', '8 days');
SELECT is(api.purge('{"daily": true}')::jsonb ->> 'subjects', '0', 'the daily purge waits');
SELECT throws_ok($$ SELECT api.purge('{}') $$, 'DS409', NULL, 'an officer''s is refused');
SELECT is((SELECT count(*) FROM dsr.subject WHERE alias = 'amber-heron'), 1::bigint, 'nothing is gone');
SELECT is(api.ring_destroyed('{"keys": [7], "days": 35}')::jsonb, '{"keys": []}', 'no key may be destroyed');
SELECT is(api.audit_day('{"keep_days": 30, "limit": 10}')::jsonb ->> 'taken', '0', 'the audit log is not cut');
SELECT is(api.report_due('{"close_days": 45}')::text, NULL, 'no quarter is closed');
-- And is done then.
SELECT is(dsr.time_confirm() ->> 'doubt', 'ahead', 'an operator says that it is right');
SELECT is(dsr.time_doubt(NULL), NULL, 'so it is');
SELECT is(api.purge('{"daily": true}')::jsonb ->> 'subjects', '1', 'the purge goes on');
SELECT is(api.ring_destroyed('{"keys": [7], "days": 35}')::jsonb, '{"keys": [7]}', 'and keys die');

-- A jump that no look has seen.
INSERT INTO dsr.message (library_id, id, kind, recipient_kind, address_hash, day, next_at)
VALUES (1, '00000000-0000-0000-0000-0000000000c1', 'test', 'address', sha256('x'), current_date, '2039-01-01');
UPDATE dsr.time_guard SET acted_at = '2039-01-01';
SELECT pg_temp.look();
SELECT is((SELECT next_at <= clock_timestamp() FROM dsr.message WHERE library_id = 1 AND id = '00000000-0000-0000-0000-0000000000c1'), true,
          'what was put off in it is due again');

SELECT * FROM finish();
ROLLBACK;
