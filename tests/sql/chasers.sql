-- SPDX-License-Identifier: GPL-3.0-or-later
-- A chaser is about several persons' requests: what becomes of it, and of the others' letters, when one of them goes.
BEGIN;
SET search_path = public, pg_catalog;
SELECT plan(25);
SELECT set_config('dsr.library', '1', true), set_config('dsr.account', '00000000-0000-0000-0000-0000000000a1', true),
       set_config('dsr.roles', 'staff', true), set_config('dsr.reach', 'library', true);
INSERT INTO dsr.account (library_id, id, roles) VALUES (1, '00000000-0000-0000-0000-0000000000a1', '{staff}');
INSERT INTO dsr.subject (library_id, id, alias, residence)
SELECT 1, ('00000000-0000-0000-0000-0000000000b' || n)::uuid, 'amber-heron-' || n, 'NL' FROM generate_series(1, 4) n;
SELECT dsr.vendor_load(1, '{"slug": "acme", "name": "Acme", "brands": [], "establishments": [], "channels": []}');
INSERT INTO dsr.request (library_id, id, ref, subject_id, filer, vendor, law, law_name, "right", state, zone, created_at, sent_on, breach_at)
SELECT 1, n, 'R-0000-000' || n, ('00000000-0000-0000-0000-0000000000b' || n)::uuid, '00000000-0000-0000-0000-0000000000a1', 'acme', 'eu-gdpr', 'GDPR',
       'access', 'open', 'Etc/UTC', now() - interval '50 days', current_date - 50, now() - interval '10 days' FROM generate_series(1, 4) n;

CREATE FUNCTION pg_temp.queue(p_refs text[]) RETURNS json LANGUAGE sql AS $$
SELECT api.chase_queue(jsonb_build_object('message', gen_random_uuid(), 'lang', 'en', 'channel', 'email-1', 'sha256', repeat('1', 64), 'sender_sealed', x,
    'recipient_sealed', x, 'address_hash', repeat('a', 64), 'bytes_sealed', x, 'bytes_sha256', repeat('b', 64), 'size', 10, 'mail_id', '<1@x>',
    'again', true, 'letters', (SELECT jsonb_agg(jsonb_build_object('id', gen_random_uuid(), 'ref', ref, 'text_sealed', x,
        'version', coalesce((SELECT version FROM dsr.request r WHERE r.ref = f.ref), 1)) ORDER BY ref) FROM unnest(p_refs) f (ref))))
  FROM (SELECT translate(encode(decode('01' || repeat('00', 60), 'hex'), 'base64'), E'\n', '') AS x) s $$;
CREATE FUNCTION pg_temp.stands(p_request integer) RETURNS text LANGUAGE sql AS $$
SELECT l.state || ' ' || m.state || CASE WHEN m.bytes IS NULL THEN ' without' ELSE ' with' END || ' bytes'
  FROM dsr.letter l JOIN dsr.message m ON m.id = l.message_id WHERE l.request_id = p_request ORDER BY l.approved_at DESC, l.state = 'withdrawn' LIMIT 1 $$;
-- As api.me_erase() does.
CREATE FUNCTION pg_temp.erase(p_request integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    UPDATE dsr.request SET state = 'closed', outcome = 'withdrawn', closed_on = current_date WHERE id = p_request;
    RETURN dsr.subject_erase((SELECT subject_id FROM dsr.request WHERE id = p_request)) #>> '{erased,requests}';
END $$;
CREATE FUNCTION pg_temp.lease() RETURNS integer LANGUAGE sql AS $$
SELECT json_array_length(api.mail_lease(1, '00000000-0000-0000-0000-00000000000f', 10, 300, 0) -> 'messages') $$;

-- One that is gone since the letter was written.
SELECT throws_ok($$ SELECT pg_temp.queue('{R-0000-0001,R-0000-0009}') $$, 'DS40R', NULL, 'a letter does not go that names a request which is gone');
SELECT is((SELECT count(*) FROM dsr.message), 0::bigint, 'nothing is queued then');

-- It waits, since the mail server is away.
SELECT is(json_array_length(pg_temp.queue('{R-0000-0001,R-0000-0002,R-0000-0003}') -> 'requests'), 3, 'a chaser about three is approved');
SELECT is(pg_temp.stands(2), 'approved queued with bytes', 'and waits');
SELECT is(pg_temp.erase(1), '1', 'one of the three is erased');
SELECT is(pg_temp.stands(2), 'withdrawn cancelled without bytes', 'what named it does not go');
SELECT is(pg_temp.lease(), 0, 'no mailer takes it');
SELECT is((SELECT reason FROM dsr.letter WHERE request_id = 2), 'A request that it named was erased meanwhile.', 'the others'' records say why');
SELECT is((SELECT coalesce(why_not, 'none') FROM dsr.chase_requests('acme') WHERE id = 2), 'none', 'the others may be chased again');
SELECT is((SELECT count(*) FROM dsr.letter WHERE sender IS NOT NULL), 0::bigint, 'no address is left that was of use for one letter only');

-- It is in doubt.
SELECT is(json_array_length(pg_temp.queue('{R-0000-0002,R-0000-0003}') -> 'requests'), 2, 'they are');
UPDATE dsr.message SET state = 'in_doubt' WHERE state = 'queued';
UPDATE dsr.letter SET state = 'in_doubt' WHERE state = 'approved';
SELECT is(pg_temp.erase(2), '1', 'another one is erased while nobody knows whether the letter arrived');
SELECT is(pg_temp.stands(3), 'in_doubt in_doubt without bytes', 'it stays in doubt');
SELECT throws_ok($$ SELECT api.letter_resolve(jsonb_build_object('id', message_id, 'as', 'again')) FROM dsr.letter WHERE state = 'in_doubt' $$,
                 'DS409', NULL, 'it cannot go again, since it named what is erased');
SELECT is((SELECT api.letter_resolve(jsonb_build_object('id', message_id, 'as', 'dropped')) ->> 'state' FROM dsr.letter WHERE state = 'in_doubt'),
          'withdrawn', 'a person decides about it all the same');
SELECT is((SELECT coalesce(why_not, 'none') FROM dsr.chase_requests('acme') WHERE id = 3), 'none', 'and may chase again');

-- It is being sent.
CREATE FUNCTION pg_temp.begin(p_attempt integer) RETURNS text LANGUAGE sql AS $$
SELECT api.mail_begin(1, jsonb_build_object('message', id, 'version', version, 'incarnation', '00000000-0000-0000-0000-00000000000f',
    'attempt', '00000000-0000-0000-0000-0000000000' || lpad(p_attempt::text, 2, '0'), 'seconds', 300)) ->> 'go' FROM dsr.message WHERE state = 'leased' $$;
CREATE FUNCTION pg_temp.verdict(p_attempt integer, p_word text) RETURNS text LANGUAGE sql AS $$
SELECT api.mail_verdict(1, jsonb_build_object('message', message_id, 'attempt', id, 'incarnation', '00000000-0000-0000-0000-00000000000f', 'verdict', p_word,
    'about_this', true, 'problem', 'a problem')) ->> 'applied' FROM dsr.attempt WHERE id = ('00000000-0000-0000-0000-0000000000' || lpad(p_attempt::text, 2, '0'))::uuid $$;
SELECT pg_temp.queue('{R-0000-0003,R-0000-0004}');
SELECT is(pg_temp.lease(), 1, 'a mailer takes another one');
SELECT is(pg_temp.begin(1), 'true', 'and begins');
SELECT is(pg_temp.erase(4), '1', 'one of its two is erased while it is under way');
SELECT dsr.leases_recover(0);
SELECT is(pg_temp.stands(3), 'in_doubt in_doubt without bytes', 'the mailer dies: in doubt, as any letter');
SELECT is(pg_temp.verdict(1, 'retry'), 'true', 'the mail server had put it off');
SELECT is(pg_temp.lease(), 1, 'so it is taken again');
SELECT is(pg_temp.begin(2), 'false', 'but does not go, since it named what is erased');
SELECT is(pg_temp.stands(3), 'withdrawn cancelled without bytes', 'it is withdrawn');

-- What went out is evidence for each person, though the mail was about others too.
SELECT pg_temp.queue('{R-0000-0003}');
UPDATE dsr.message SET state = 'sent' WHERE state = 'queued';
UPDATE dsr.letter SET state = 'sent', sent_at = now() WHERE state = 'approved';
UPDATE dsr.account SET subject_id = '00000000-0000-0000-0000-0000000000b3';
SELECT set_config('dsr.roles', 'patron', true), set_config('dsr.reach', 'own', true),
       set_config('dsr.subject', '00000000-0000-0000-0000-0000000000b3', true);
SET LOCAL ROLE dsrd_owner; -- row level security holds for it
SELECT public.is((SELECT count(*) FROM json_array_elements(dsr.letters_evidence(3)) e WHERE e ->> 'state' = 'sent' AND e ->> 'mail_sha256' IS NOT NULL),
          1::bigint, 'the person''s own evidence has it');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
