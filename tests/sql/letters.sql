-- SPDX-License-Identifier: GPL-3.0-or-later
-- What becomes of a letter to a vendor: whatever a mailer does or does not, it goes out at most once without a person.
BEGIN;
SET search_path = public, pg_catalog;
SELECT plan(42);
SELECT set_config('dsr.library', '1', true), set_config('dsr.account', '00000000-0000-0000-0000-0000000000a1', true),
       set_config('dsr.roles', 'staff', true), set_config('dsr.reach', 'library', true);
INSERT INTO dsr.account (library_id, id, roles) VALUES (1, '00000000-0000-0000-0000-0000000000a1', '{staff}');
INSERT INTO dsr.subject (library_id, id, alias, residence) VALUES (1, '00000000-0000-0000-0000-0000000000b1', 'amber-heron', 'NL');
SELECT dsr.vendor_load(1, '{"slug": "acme", "name": "Acme", "brands": [], "establishments": [], "channels": []}');
INSERT INTO dsr.request (library_id, id, ref, subject_id, filer, vendor, law, law_name, "right", state, zone, created_at)
VALUES (1, 1, 'R-0000-0001', '00000000-0000-0000-0000-0000000000b1', '00000000-0000-0000-0000-0000000000a1', 'acme', 'eu-gdpr', 'GDPR',
        'access', 'draft', 'Etc/UTC', now() - interval '5 days');
INSERT INTO dsr.authority (library_id, subject_id, n, form, given_on, recorded_by, recorded_at)
VALUES (1, '00000000-0000-0000-0000-0000000000b1', 1, 'signed', current_date - 9, '00000000-0000-0000-0000-0000000000a1', now() - interval '9 days');

-- The letter is put in place as api.letter_queue() does; a mailer is the session of a number.
CREATE FUNCTION pg_temp.queue(p_hash text, p_kind text DEFAULT 'request') RETURNS json LANGUAGE sql AS $$
SELECT api.letter_queue(jsonb_build_object('ref', 'R-0000-0001', 'version', (SELECT version FROM dsr.request WHERE id = 1), 'id', gen_random_uuid(),
    'message', gen_random_uuid(), 'kind', p_kind, 'lang', 'en', 'channel', 'email-1', 'text_sealed', x, 'sha256', repeat(p_hash, 64),
    'sender_sealed', x, 'recipient_sealed', x, 'address_hash', repeat('a', 64), 'bytes_sealed', x, 'bytes_sha256', repeat('b', 64), 'size', 10,
    'mail_id', '<1@x>', 'token_hash', repeat(md5(p_hash), 2)))
  FROM (SELECT translate(encode(decode('01' || repeat('00', 60), 'hex'), 'base64'), E'\n', '') AS x) s $$;
CREATE FUNCTION pg_temp.mailer() RETURNS uuid LANGUAGE sql AS $$ SELECT '00000000-0000-0000-0000-00000000000f'::uuid $$;
CREATE FUNCTION pg_temp.lease() RETURNS integer LANGUAGE sql AS $$
SELECT json_array_length(api.mail_lease(1, pg_temp.mailer(), 10, 300, 0) -> 'messages') $$;
CREATE FUNCTION pg_temp.begin(p_attempt integer) RETURNS text LANGUAGE sql AS $$
SELECT api.mail_begin(1, jsonb_build_object('message', id, 'version', version, 'incarnation', pg_temp.mailer(),
    'attempt', '00000000-0000-0000-0000-0000000000' || lpad(p_attempt::text, 2, '0'), 'seconds', 300)) ->> 'go'
  FROM dsr.message WHERE kind = 'letter' ORDER BY created_at DESC, state = 'leased' DESC LIMIT 1 $$;
CREATE FUNCTION pg_temp.verdict(p_attempt integer, p_word text, p_give_up boolean DEFAULT false) RETURNS text LANGUAGE sql AS $$
SELECT api.mail_verdict(1, jsonb_build_object('message', message_id, 'attempt', id, 'incarnation', pg_temp.mailer(), 'verdict', p_word,
    'give_up', p_give_up, 'about_this', true, 'problem', 'a problem')) ->> 'applied'
  FROM dsr.attempt WHERE id = ('00000000-0000-0000-0000-0000000000' || lpad(p_attempt::text, 2, '0'))::uuid $$;
CREATE FUNCTION pg_temp.stands() RETURNS text LANGUAGE sql AS $$
SELECT l.state || ' ' || m.state || CASE WHEN m.bytes IS NULL THEN ' without' ELSE ' with' END || ' bytes'
  FROM dsr.letter l JOIN dsr.message m ON m.id = l.message_id ORDER BY l.approved_at DESC, l.state = 'approved' DESC LIMIT 1 $$;
CREATE FUNCTION pg_temp.resolve(p_word text) RETURNS text LANGUAGE sql AS $$
SELECT api.letter_resolve(jsonb_build_object('id', message_id, 'as', p_word)) ->> 'state' FROM dsr.letter ORDER BY state = 'in_doubt' DESC LIMIT 1 $$;
-- A mailer that is alive holds this lock; without it dsr.owner_is_gone() finds it dead.
CREATE FUNCTION pg_temp.again() RETURNS void LANGUAGE sql AS $$
UPDATE dsr.message SET next_at = now() - interval '1 minute' WHERE kind = 'letter' $$;

SELECT is(pg_temp.queue('1') ->> 'state', 'approved', 'a letter is approved');
SELECT is(pg_temp.queue('1') ->> 'state', 'approved', 'the very same again is that letter');
SELECT is((SELECT count(*) FROM dsr.letter), 1::bigint, 'and no second one');
SELECT throws_ok($$ SELECT pg_temp.queue('2') $$, 'DS409', NULL, 'another of the kind waits for the first');
SELECT is((SELECT count(*) FROM dsr.reply_token WHERE request_id = 1 AND message_id = '<1@x>'), 1::bigint, 'its token finds the request');

-- A mailer that dies before it has begun: nothing was sent.
SELECT is(pg_temp.lease(), 1, 'a mailer leases it');
SELECT dsr.leases_recover(0);
SELECT is(pg_temp.stands(), 'approved queued with bytes', 'one that dies before it begins leaves it to be sent');
SELECT pg_temp.again();
SELECT is(pg_temp.lease(), 1, 'it is leased again');
SELECT is((api.mail_release(1, pg_temp.mailer(), 0) ->> 'released')::int, 1, 'and given back');
SELECT is(pg_temp.stands(), 'approved queued with bytes', 'which leaves it to be sent too');
-- One that dies in the middle.
SELECT pg_temp.again();
SELECT is(pg_temp.lease(), 1, 'leased');
SELECT is(pg_temp.begin(1), 'true', 'begun');
SELECT dsr.leases_recover(0);
SELECT is(pg_temp.stands(), 'in_doubt in_doubt with bytes', 'one that dies in the middle leaves it in doubt');
SELECT pg_temp.again();
SELECT is(pg_temp.lease(), 0, 'where no mailer takes it');
SELECT throws_ok($$ SELECT pg_temp.queue('2') $$, 'DS409', NULL, 'nor is another one approved');
SELECT throws_ok($$ SELECT api.mail_retry(message_id::text) FROM dsr.letter $$, 'DS409', NULL, 'nor tried again as a mail is');
SELECT is(pg_temp.resolve('again'), 'approved', 'a person lets it go again');
SELECT is(pg_temp.lease(), 1, 'and a mailer takes it');
SELECT is(pg_temp.begin(2), 'true', 'begun');
SELECT is(pg_temp.verdict(2, 'in_doubt', true), 'true', 'in doubt once more, after so many tries that a mail is given up');
SELECT is(pg_temp.stands(), 'in_doubt in_doubt with bytes', 'a letter is not given up then');
SELECT is(pg_temp.resolve('again'), 'approved', 'again');
SELECT is(pg_temp.lease(), 1, 'leased');
SELECT is(pg_temp.begin(3), 'true', 'begun');
SELECT is(pg_temp.verdict(3, 'retry'), 'true', 'surely not taken');
SELECT is(pg_temp.stands(), 'approved queued with bytes', 'waits with the same bytes');
SELECT pg_temp.again();
SELECT is(pg_temp.lease(), 1, 'leased');
SELECT is(pg_temp.begin(4), 'true', 'begun');
SELECT is(pg_temp.verdict(4, 'sent'), 'true', 'sent');
SELECT is(pg_temp.stands(), 'sent sent without bytes', 'nothing is left to send');
SELECT is(pg_temp.lease(), 0, 'nor to take');
SELECT is(json_array_length(api.letters_unlogged()), 1, 'it waits to be logged');
SELECT throws_ok($$ SELECT pg_temp.queue('2') $$, 'DS409', NULL, 'that of the request goes once, though its record does not say so yet');
SELECT api.letter_log(jsonb_build_object('letter', id, 'change', NULL)) FROM dsr.letter;
SELECT is(json_array_length(api.letters_unlogged()), 0, 'once');

-- What authorised it ends while a mailer holds the lease.
UPDATE dsr.request SET state = 'open', sent_on = current_date, breach_at = now() - interval '1 hour' WHERE id = 1;
SELECT pg_temp.queue('3', 'overdue');
SELECT is(pg_temp.lease(), 1, 'a later letter is leased');
UPDATE dsr.authority SET until = current_date - 1, recorded_at = now() - interval '9 days';
UPDATE dsr.request SET sent_on = current_date - 4 WHERE id = 1;
UPDATE dsr.letter SET approved_at = now() - interval '2 days' WHERE kind = 'overdue';
SELECT is(pg_temp.begin(5), 'false', 'the last word before the first byte asks for the authority');
SELECT is((SELECT l.state || ' ' || m.state || ' ' || l.reason FROM dsr.letter l JOIN dsr.message m ON m.id = l.message_id WHERE l.kind = 'overdue'),
          'withdrawn cancelled The patron''s authority has ended.', 'and withdraws it');
SELECT throws_ok($$ SELECT pg_temp.queue('4', 'overdue') $$, 'DS409', NULL, 'no other is approved');
SELECT is((SELECT count(*) FROM dsr.letter WHERE sender IS NOT NULL), 0::bigint, 'no address is left that was of use for one letter only');

-- A letter that cannot be read from the database, at a mailer that has been silent for long.
INSERT INTO dsr.mailer VALUES ('00000000-0000-0000-0000-0000000000ff', now() - interval '25 hours');
CREATE OR REPLACE FUNCTION dsr.mail_told(m dsr.message) RETURNS json LANGUAGE sql STABLE AS 'SELECT NULL::json';
UPDATE dsr.message SET state = 'queued', next_at = now() WHERE id = (SELECT message_id FROM dsr.letter WHERE kind = 'overdue');
SELECT is(pg_temp.lease(), 0, 'one that cannot be read is not leased');
SELECT is((SELECT l.state || ' ' || m.state FROM dsr.letter l JOIN dsr.message m ON m.id = l.message_id WHERE l.kind = 'overdue'),
          'failed failed', 'it has failed, and the letter says so');
SELECT is((SELECT array_agg(incarnation) FROM dsr.mailer), ARRAY[pg_temp.mailer()], 'of mailers that are gone nothing stays');
SELECT * FROM finish();
ROLLBACK;
