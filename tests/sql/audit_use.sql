-- SPDX-License-Identifier: GPL-3.0-or-later
-- The audit log in use: who sees what, what verifying finds, what a purge leaves, and that acts write their entries.
BEGIN;
SET search_path = public, pg_catalog;
SELECT plan(41);
INSERT INTO dsr.account (library_id, id, roles, name) VALUES
    (1, '00000000-0000-0000-0000-0000000000a1', '{staff}', '\x01' || decode(repeat('00', 50), 'hex')::bytea),
    (1, '00000000-0000-0000-0000-0000000000a2', '{patron}', '\x01' || decode(repeat('00', 50), 'hex')::bytea);
SELECT set_config('dsr.library', '0', true);
SELECT dsr.audit_add('refused', 'listAccounts', '{"status": 401}');
SELECT set_config('dsr.library', '1', true), set_config('dsr.account', '00000000-0000-0000-0000-0000000000a1', true),
       set_config('dsr.reach', 'library', true);
SELECT dsr.audit_add('reveal', 'amber-heron'), dsr.audit_add('vendor', 'kanopy');
SELECT set_config('dsr.account', '00000000-0000-0000-0000-0000000000a2', true);
SELECT dsr.audit_add('export', NULL, '{"rows": 3}'), dsr.audit_add('hold', 'R-1'), dsr.audit_add('reveal', 'calm-otter'),
       dsr.audit_add('reveal', 'deep-finch');

-- Who sees what.
CREATE FUNCTION pg_temp.acts(p jsonb) RETURNS text LANGUAGE sql AS
    $$ SELECT string_agg(e ->> 'act', ' ') FROM json_array_elements(api.audit_list('{"limit": 50}'::jsonb || p) -> 'entries') e $$;
CREATE FUNCTION pg_temp.back() RETURNS void LANGUAGE sql AS $$ SELECT set_config('dsr.library', '1', true) $$;
SELECT set_config('dsr.roles', 'officer', true);
SELECT is(pg_temp.acts('{}'), 'reveal reveal hold export vendor reveal', 'officers see every entry, the newest first');
SELECT is(pg_temp.acts('{"act": "reveal"}'), 'reveal reveal reveal', 'or those of one act');
SELECT is(pg_temp.acts('{"limit": 2}'), 'reveal reveal', 'a page at a time');
SELECT is(api.audit_list('{"limit": 2}') ->> 'next', '5', 'with where the next begins');
SELECT is(pg_temp.acts('{"limit": 3, "cursor": "5"}'), 'hold export vendor', 'which it does');
SELECT is(pg_temp.acts(jsonb_build_object('since', dsr.today() + 1)), NULL, 'or from a day on');
SELECT is(pg_temp.acts(jsonb_build_object('until', dsr.today(), 'act', 'hold')), 'hold', 'to the end of a day');
SELECT throws_ok($$ SELECT api.audit_list('{"limit": 5, "since": "2026-02-30"}') $$, 'DS422', NULL, 'which must be one');
SELECT is((api.audit_list('{"limit": 50, "act": "vendor"}') #> '{entries,0,name}') IS NULL, false,
          'names of those who work here can be opened');
SELECT is(api.audit_list('{"limit": 50, "act": "hold"}') #>> '{entries,0,name}', NULL, 'those of patrons are not even there');
SELECT is(pg_temp.acts('{"chain": "system"}'), 'refused', 'the system has its own');
SELECT pg_temp.back(), set_config('dsr.roles', 'operator', true);
SELECT is(pg_temp.acts('{}'), 'vendor', 'operators see what is technical');
SELECT is(pg_temp.acts('{"chain": "system"}'), 'refused', 'and the system''s');
SELECT pg_temp.back(), set_config('dsr.roles', 'staff,manager,patron', true);
SELECT throws_ok($$ SELECT api.audit_list('{"limit": 5}') $$, 'DS403', NULL, 'others see nothing');
SELECT throws_ok($$ SELECT api.audit_verify('{"limit": 5}') $$, 'DS403', NULL, 'and do not verify');

-- Verifying.
SELECT set_config('dsr.roles', 'officer', true);
CREATE FUNCTION pg_temp.faults(p jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS
    $$ SELECT string_agg(concat_ws(' ', f ->> 'kind', f ->> 'from', f ->> 'to', f ->> 'place'), ', ')
         FROM json_array_elements(api.audit_verify('{"limit": 3}'::jsonb || p) -> 'faults') f $$;
SELECT is(pg_temp.faults(), NULL, 'what is whole is found whole');
SELECT is(api.audit_verify('{"limit": 3, "cursor": "3"}')::jsonb - 'head', '{"entries": 3, "from": 1, "faults": [], "next": "6"}',
          'page by page');
SELECT is(api.audit_verify('{"limit": 3, "cursor": "6"}')::jsonb - 'head', '{"entries": 0, "from": 1, "faults": [], "next": null}',
          'to the end');
SELECT is(pg_temp.faults(jsonb_build_object('head', dsr.audit_head_text())), NULL, 'against its own head too');
SELECT is(pg_temp.faults(jsonb_build_object('head', '4:' || repeat('0', 64))), 'another 4 4', 'and not against another');
SELECT is(pg_temp.faults(jsonb_build_object('head', '9:' || repeat('0', 64))), 'cut 7 9', 'nor one that lies after its end');
SELECT throws_ok($$ SELECT api.audit_verify('{"limit": 5, "head": "9:12"}') $$, 'DS422', NULL, 'which must look like one');
SET LOCAL session_replication_role = replica;
UPDATE dsr.audit SET target = 'bold-heron' WHERE library_id = 1 AND seq = 3;
SELECT is(pg_temp.faults(), 'changed 3 3', 'a changed entry is found');
UPDATE dsr.audit SET target = NULL WHERE library_id = 1 AND seq = 3;
SET LOCAL session_replication_role = origin;

-- A purge.
SELECT is(dsr.audit_cut(now() - interval '1 hour', 100), 0, 'what is young stays');
SELECT is(dsr.audit_cut(now() + interval '1 hour', 4), 4, 'what is old goes, so many at a time');
SELECT is((SELECT string_agg(seq || ' ' || act, ', ' ORDER BY seq) FROM dsr.audit WHERE library_id = 1),
          '5 reveal, 6 reveal, 7 audit_purge',
          'and that it went is an entry');
SELECT is(pg_temp.faults(), NULL, 'verifying goes on from there');
SELECT is(pg_temp.faults(jsonb_build_object('head', '3:' || repeat('0', 64))), 'out_of_reach 3 3', 'what is gone cannot be compared');
SET LOCAL session_replication_role = replica;
UPDATE dsr.audit_checkpoint SET seq = 5, hash = (SELECT hash FROM dsr.audit WHERE library_id = 1 AND seq = 5) WHERE library_id = 1;
DELETE FROM dsr.audit WHERE library_id = 1 AND seq = 5;
SELECT is(pg_temp.faults(), 'unexplained 1 5', 'a checkpoint that no purge made is found');
SET LOCAL session_replication_role = origin;
SELECT is((api.audit_day('{"keep_days": 0, "limit": 100}') ->> 'taken')::int, 0,
          'nothing younger than 30 days is taken, whatever is asked');

-- Acts and their entries.
SELECT is(api.configuration_note('{"host": "h", "event": "start", "version": "1", "marks": {"a": "1", "b": "1"}}')::jsonb,
          '{"changed": ["a", "b"]}',
          'a first start is noted');
SELECT is(api.configuration_note('{"host": "h", "event": "start", "version": "1", "marks": {"a": "1", "b": "1"}}')::jsonb,
          '{"changed": []}',
          'the same once more is not');
SELECT is(api.configuration_note('{"host": "h", "event": "reload", "version": "1", "marks": {"a": "1", "b": "2"}}')::jsonb,
          '{"changed": ["b"]}',
          'a change is');
SELECT results_eq($$ SELECT target, detail ->> 'event', detail -> 'changed' FROM dsr.audit
                     WHERE library_id = 1 AND act = 'configuration' ORDER BY seq $$,
                  $$ VALUES ('h', 'start', '["all"]'::jsonb), ('h', 'reload', '["b"]') $$, 'by name');
SELECT dsr.account_put(1, jsonb_build_object('id', '00000000-0000-0000-0000-0000000000a9', 'uid_hash', repeat('ab', 32),
                                             'roles', roles::jsonb,
                                             'uid_sealed', encode('\x01' || decode(repeat('00', 50), 'hex'), 'base64')))
  FROM unnest(ARRAY['["operator"]', '["staff"]', '["staff", "officer"]']) roles;
SELECT results_eq($$ SELECT act::text, target, detail FROM dsr.audit WHERE library_id = 1 AND act IN ('account', 'role') ORDER BY seq $$,
                  $$ VALUES ('account', '00000000-0000-0000-0000-0000000000a9', '{"roles": ["operator"]}'::jsonb) $$,
                  'an owner''s account; a later start does not give it its first roles again');

-- The officers' mail.
UPDATE dsr.account SET roles = '{officer}', email = name, email_hash = decode(repeat('0f', 32), 'hex')
 WHERE id = '00000000-0000-0000-0000-0000000000a1';
SELECT is(dsr.audit_mails_gather('2026-11-02'), 1, 'an officer gets a mail');
SELECT is(dsr.audit_mails_gather('2026-11-02'), 0, 'one a day');
UPDATE dsr.message SET state = 'sent';
SELECT is(dsr.audit_mails_gather('2026-11-03'), 0, 'and none while nothing is added');
SELECT dsr.audit_add('hold', 'R-2'), dsr.audit_add('refused', 'listAccounts', '{"status": 403}');
SELECT is(dsr.audit_mails_gather('2026-11-03'), 1, 'but the next day after that');
SELECT is((SELECT dsr.audit_mail_json(audit_after) - 'library' - 'system' FROM dsr.message WHERE day = '2026-11-03'),
          '{"entries": 2, "refused": 1}',
          'which counts what is new');
SELECT is(dsr.audit_mail_json(0) ->> 'system', (SELECT system FROM (SELECT set_config('dsr.library', '0', true)) s,
                                                        LATERAL (SELECT dsr.audit_head_text() AS system OFFSET 0) h),
          'and has the system''s head too');
SELECT * FROM finish();
ROLLBACK;
