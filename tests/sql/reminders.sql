-- SPDX-License-Identifier: GPL-3.0-or-later
-- What becomes of reminders while their mail is under way: done, undone, stopped, started again; accounts that close and open.
BEGIN;
SET search_path = public, pg_catalog;
SELECT plan(39);
SELECT set_config('dsr.library', '2', true), set_config('dsr.account', '00000000-0000-0000-0000-0000000000a1', true),
       set_config('dsr.roles', 'staff,operator', true), set_config('dsr.reach', 'library', true);
INSERT INTO dsr.account (library_id, id, roles, email, email_hash)
SELECT 2, ('00000000-0000-0000-0000-0000000000a' || n)::uuid, '{staff,operator}', decode('01' || repeat('00', 60), 'hex'), sha256(CASE n WHEN 1 THEN 'ann'::bytea ELSE 'bob' END)
  FROM generate_series(1, 2) n;
INSERT INTO dsr.subject (library_id, id, alias, residence) VALUES (2, '00000000-0000-0000-0000-0000000000b1', 'amber-heron', 'NL');
SELECT dsr.vendor_load(2, '{"slug": "acme", "name": "Acme", "brands": [], "establishments": [], "channels": []}');
INSERT INTO dsr.request (library_id, id, ref, subject_id, filer, vendor, law, law_name, "right", state, zone, sent_on)
SELECT 2, n, 'R-0000-000' || n, '00000000-0000-0000-0000-0000000000b1', '00000000-0000-0000-0000-0000000000a1', 'acme', 'eu-gdpr', 'GDPR',
       'access', 'open', 'Etc/UTC', current_date - 50 FROM generate_series(1, 2) n;

-- The plan of a request: one notice, of today; repeated in a week.
CREATE FUNCTION pg_temp.plan(p_request bigint, p_open boolean DEFAULT true) RETURNS void LANGUAGE sql AS $$
SELECT dsr.reminders_replace(r, CASE WHEN p_open THEN jsonb_build_array(jsonb_build_object('clock', 'respond', 'kind', 'early', 'on', dsr.today(), 'repeat_days', 7,
    'to', '["filer"]'::jsonb)) ELSE '[]' END) FROM dsr.request r WHERE r.library_id = 2 AND r.id = p_request $$;
CREATE FUNCTION pg_temp.gather() RETURNS integer LANGUAGE sql AS $$
SELECT (api.reminders_gather('{"limit": 100, "every_ms": 30000, "quiet_from": "00:00", "quiet_until": "00:00", "weekends": true, "digest": false, "audit": false}') ->> 'reminders')::int $$;
CREATE FUNCTION pg_temp.lease() RETURNS integer LANGUAGE sql AS $$
SELECT json_array_length(api.mail_lease(2, '00000000-0000-0000-0000-00000000000f', 10, 300, 0) -> 'messages') $$;
CREATE FUNCTION pg_temp.begin(p_version integer DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
SELECT api.mail_begin(2, jsonb_build_object('message', id, 'version', coalesce(p_version, version), 'incarnation', '00000000-0000-0000-0000-00000000000f',
    'attempt', gen_random_uuid(), 'seconds', 300, 'bytes_sealed', translate(encode(decode('01' || repeat('00', 60), 'hex'), 'base64'), E'\n', ''))) ->> 'go'
  FROM dsr.message WHERE library_id = 2 AND state = 'leased' $$;
CREATE FUNCTION pg_temp.verdict(p_word text, p_pause integer DEFAULT 0) RETURNS text LANGUAGE sql AS $$
SELECT api.mail_verdict(2, jsonb_build_object('message', m.id, 'attempt', a.id, 'incarnation', '00000000-0000-0000-0000-00000000000f', 'verdict', p_word, 'retry_in_s', p_pause)) ->> 'applied'
  FROM dsr.message m JOIN dsr.attempt a ON a.library_id = 2 AND a.message_id = m.id AND a.n = m.attempts WHERE m.library_id = 2 AND m.state IN ('sending', 'in_doubt') $$;
-- The reminders of a request that are not of a later day, and the mail of each.
CREATE FUNCTION pg_temp.stands(p_request bigint) RETURNS text LANGUAGE sql AS $$
SELECT string_agg(d.state || coalesce(' ' || m.state, ''), ', ' ORDER BY d.id) FROM dsr.reminder d LEFT JOIN dsr.message m ON m.library_id = 2 AND m.id = d.message_id
 WHERE d.library_id = 2 AND d.request_id = p_request AND d.on_date <= dsr.today() $$;
CREATE FUNCTION pg_temp.later(p_days integer) RETURNS void LANGUAGE sql AS $$ -- all that was goes into the past
UPDATE dsr.message SET day = day - p_days WHERE library_id = 2; UPDATE dsr.reminder SET on_date = on_date - p_days, gather_on = gather_on - p_days WHERE library_id = 2 $$;

-- Done while its mail is under way, and undone after the relay has put the mail off.
SELECT pg_temp.plan(1), pg_temp.plan(2);
SELECT is(pg_temp.gather(), 2, 'two reminders are in one mail');
SELECT is(ARRAY[pg_temp.lease()::text, pg_temp.begin()], '{1,true}', 'which a mailer begins');
SELECT pg_temp.plan(1, false);
SELECT is(pg_temp.stands(1), 'cancelled sending', 'what one is about is done meanwhile');
SELECT is(pg_temp.verdict('retry'), 'true', 'the relay puts the mail off');
SELECT is(pg_temp.stands(2), 'gathered queued', 'which waits with the other');
SELECT pg_temp.plan(1);
SELECT is(pg_temp.stands(1), 'planned', 'what was done is undone: it is to be told again');
SELECT is(pg_temp.gather(), 1, 'it goes into the mail that waits');
SELECT is(ARRAY[pg_temp.lease()::text, pg_temp.begin(), pg_temp.verdict('sent')], '{1,true,true}', 'and goes with it');
SELECT is(ARRAY[pg_temp.stands(1), pg_temp.stands(2)], '{sent sent,sent sent}', 'both are told');

-- Stopped while in doubt, and started again: it is known what became of it.
SELECT pg_temp.later(1);
DELETE FROM dsr.reminder WHERE library_id = 2 AND request_id = 2;
DELETE FROM dsr.reminder WHERE library_id = 2 AND state = 'planned';
SELECT pg_temp.plan(1);
SELECT is(pg_temp.gather(), 1, 'on another day one falls due');
SELECT is(ARRAY[pg_temp.lease()::text, pg_temp.begin(), pg_temp.verdict('in_doubt', 900)], '{1,true,true}', 'nobody knows whether it has arrived');
UPDATE dsr.request SET authority_ended = current_date WHERE library_id = 2 AND id = 1;
SELECT dsr.reminders_settle('{1}');
SELECT is((SELECT state || ' ' || (bytes IS NOT NULL) FROM dsr.message WHERE library_id = 2 AND state <> 'sent'), 'in_doubt true', 'the authority ends: it will go again as it was');
SELECT is(pg_temp.verdict('sent'), 'true', 'the mailer knows better: it has arrived');
UPDATE dsr.request SET authority_ended = NULL WHERE library_id = 2 AND id = 1;
SELECT dsr.reminders_settle('{1}');
SELECT is(pg_temp.stands(1), 'sent sent, sent sent', 'there is a new authority: nobody is told twice');

-- Stopped while it goes, in vain.
SELECT pg_temp.later(10);
DELETE FROM dsr.reminder WHERE library_id = 2 AND state = 'planned';
SELECT pg_temp.plan(1);
SELECT is(pg_temp.gather(), 1, 'on another day one falls due');
SELECT is(ARRAY[pg_temp.lease()::text, pg_temp.begin()], '{1,true}', 'and is under way');
UPDATE dsr.request SET authority_ended = current_date WHERE library_id = 2 AND id = 1;
SELECT dsr.reminders_settle('{1}');
SELECT is(pg_temp.verdict('retry'), 'true', 'when the authority ends; the relay did not take it');
SELECT is(pg_temp.stands(1), 'sent sent, sent sent, stopped', 'it does not go any more');
SELECT is((SELECT count(*) FROM dsr.message WHERE library_id = 2 AND state = 'queued'), 0::bigint, 'nor does an empty mail');
UPDATE dsr.request SET authority_ended = NULL WHERE library_id = 2 AND id = 1;
SELECT dsr.reminders_settle('{1}');
SELECT is(pg_temp.stands(1), 'sent sent, sent sent, planned', 'a new authority: it goes');

-- A mail put off by nothing of its own keeps the time since which it could go.
SELECT is(pg_temp.gather(), 1, 'it is gathered');
UPDATE dsr.message SET next_at = now() - interval '1 hour' WHERE library_id = 2 AND state = 'queued';
SELECT is(ARRAY[pg_temp.lease()::text, pg_temp.begin(), pg_temp.verdict('retry')], '{1,true,true}', 'the relay is away');
SELECT is(pg_temp.lease(), 1, 'so it is taken again');
SELECT api.mail_release(2, '00000000-0000-0000-0000-00000000000f', 0);
SELECT is((SELECT due_since FROM dsr.mail_counts()), now() - interval '1 hour', 'and given back: it could go since an hour');

-- What is put into a mail that a mailer has in hand changes it, whatever its day.
SELECT is(pg_temp.lease(), 1, 'a mailer has it in hand');
SELECT set_config('test.version', (SELECT version::text FROM dsr.message WHERE library_id = 2 AND state = 'leased'), true);
UPDATE dsr.message SET day = day - 7 WHERE library_id = 2 AND state = 'leased';
INSERT INTO dsr.message (library_id, id, kind, recipient_kind, recipient_id, address_hash, day, state)
VALUES (2, gen_random_uuid(), 'reminder', 'account', '00000000-0000-0000-0000-0000000000a1', sha256('ann'), dsr.today(), 'sent');
SELECT pg_temp.plan(2);
SELECT is(pg_temp.gather(), 1, 'another reminder goes into it, though today''s mail has gone');
SELECT is(pg_temp.begin(current_setting('test.version')::int), 'false', 'so what was written before does not go');

-- The heads of the audit log go, whatever else the mail was to say.
DELETE FROM dsr.reminder WHERE library_id = 2; DELETE FROM dsr.message WHERE library_id = 2;
SELECT pg_temp.plan(1);
SELECT pg_temp.gather();
UPDATE dsr.message SET audit_after = 0 WHERE library_id = 2;
SELECT pg_temp.plan(1, false);
SELECT is((SELECT state FROM dsr.message WHERE library_id = 2), 'queued', 'what it reminded of is done, the heads still go');
SELECT dsr.recipient_set(sha256('ann'), false);
SELECT is((SELECT state FROM dsr.message WHERE library_id = 2), 'queued', 'also to who wants no reminders');
SELECT dsr.recipient_set(sha256('ann'), true);

-- An account that is closed for a time.
DELETE FROM dsr.message WHERE library_id = 2;
SELECT pg_temp.plan(1);
SELECT lives_ok($$ SELECT api.account_set('{"id": "00000000-0000-0000-0000-0000000000a1", "disabled": true}') $$, 'an account is closed');
SELECT is(pg_temp.gather(), 0, 'nobody is told');
SELECT is(pg_temp.stands(1), 'stopped', 'it waits');
SELECT api.account_set('{"id": "00000000-0000-0000-0000-0000000000a1", "disabled": false}');
SELECT is(pg_temp.gather(), 1, 'the account is open again: it goes');

-- Two share an address, and so a mail, which belongs to the one of them for whom it was made first.
DELETE FROM dsr.reminder WHERE library_id = 2; DELETE FROM dsr.message WHERE library_id = 2;
INSERT INTO dsr.subject (library_id, id, alias, residence, email, email_hash)
SELECT 2, ('00000000-0000-0000-0000-0000000000c' || n)::uuid, 'calm-otter-' || n, 'NL', decode('01' || repeat('00', 60), 'hex'), sha256('shared') FROM generate_series(1, 2) n;
UPDATE dsr.request SET subject_id = ('00000000-0000-0000-0000-0000000000c' || id)::uuid WHERE library_id = 2;
CREATE FUNCTION pg_temp.plan_of_subjects() RETURNS void LANGUAGE sql AS $$
SELECT dsr.reminders_replace(r, jsonb_build_array(jsonb_build_object('clock', 'respond', 'kind', 'overdue', 'on', dsr.today(), 'repeat_days', 0, 'to', '["subject"]'::jsonb)))
  FROM dsr.request r WHERE r.library_id = 2 $$;
CREATE FUNCTION pg_temp.mails() RETURNS text LANGUAGE sql AS $$ -- to whom, and what it reminds of
SELECT coalesce(string_agg(convert_from(h.word, 'UTF8') || ': ' || refs, '; ' ORDER BY refs), '')
  FROM (SELECT m.address_hash, string_agg(r.ref, ' ' ORDER BY r.ref) AS refs FROM dsr.message m JOIN dsr.reminder d ON d.library_id = 2 AND d.message_id = m.id
          JOIN dsr.request r ON r.library_id = 2 AND r.id = d.request_id WHERE m.library_id = 2 AND m.state = 'queued' AND d.state = 'gathered' GROUP BY m.id, m.address_hash) t
  JOIN (VALUES ('shared'::bytea), ('new'::bytea)) h (word) ON sha256(h.word) = t.address_hash $$;
SELECT pg_temp.plan_of_subjects();
SELECT is(ARRAY[pg_temp.gather()::text, pg_temp.mails()], ARRAY['2', 'shared: R-0000-0001 R-0000-0002'], 'two at one address get one mail');
SELECT lives_ok(format($$ SELECT api.subject_change('{"id": "%s", "email_sealed": "%s", "email_hash": "%s"}') $$, recipient_id,
                       translate(encode(decode('01' || repeat('00', 60), 'hex'), 'base64'), E'\n', ''), encode(sha256('new'), 'hex')),
                'the address of the one to whom it goes changes') FROM dsr.message WHERE library_id = 2;
SELECT is(pg_temp.gather(), 1, 'what is the other one''s is gathered anew');
SELECT matches(pg_temp.mails(), '^(new: R-0000-0001; shared: R-0000-0002|shared: R-0000-0001; new: R-0000-0002)$', 'each address gets its own');
-- And when one of them is erased.
DELETE FROM dsr.reminder WHERE library_id = 2; DELETE FROM dsr.message WHERE library_id = 2;
UPDATE dsr.subject SET email_hash = sha256('shared') WHERE library_id = 2 AND alias LIKE 'calm-otter-%';
SELECT pg_temp.plan_of_subjects(), pg_temp.gather();
UPDATE dsr.request SET state = 'closed', outcome = 'withdrawn', closed_on = current_date
 WHERE library_id = 2 AND subject_id = (SELECT recipient_id FROM dsr.message WHERE library_id = 2);
SELECT is(dsr.subject_erase(recipient_id) #>> '{erased,person}', 'true', 'the one to whom a mail of both goes is erased') FROM dsr.message WHERE library_id = 2;
SELECT pg_temp.gather();
SELECT matches(pg_temp.mails(), '^shared: R-0000-000[12]$', 'the other one gets what is his');
SELECT * FROM finish();
ROLLBACK;
