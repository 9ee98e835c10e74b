-- SPDX-License-Identifier: GPL-3.0-or-later
-- Which request a mail is about: the surest sign first, each found by index; and what a mail read twice, or twice at once, leaves.
BEGIN;
SET search_path = public, pg_catalog;
SELECT plan(47);

INSERT INTO dsr.account (library_id, id, roles) VALUES (1, '00000000-0000-0000-0000-0000000000a1', '{staff}'), (2, '00000000-0000-0000-0000-0000000000a2', '{staff}');
INSERT INTO dsr.subject (library_id, id, alias) VALUES (1, '00000000-0000-0000-0000-0000000000b1', 'amber-heron'), (2, '00000000-0000-0000-0000-0000000000b2', 'calm-otter');
SELECT set_config('dsr.library', '1', true);
SELECT dsr.vendor_load(1, '{"slug": "acme", "name": "Acme", "establishments": [], "channels": [{"id": "email-1", "kind": "email", "address": "privacy@Acme.example", "date_seen": "2026-11-01"},
                           {"id": "webform-1", "kind": "webform", "address": "https://www.forms.acme.example/x", "date_seen": "2026-11-01"}]}');
SELECT dsr.vendor_load(1, '{"slug": "other", "name": "Other", "establishments": [], "channels": [{"id": "email-1", "kind": "email", "address": "x@other.example", "date_seen": "2026-11-01"}]}');
SELECT set_config('dsr.library', '2', true), dsr.vendor_load(2, '{"slug": "acme", "name": "Acme", "establishments": [], "channels": []}');
INSERT INTO dsr.request (library_id, id, ref, subject_id, filer, vendor, law, law_name, "right", state, zone, sent_on)
SELECT l, 1000 + n, format('R-000%s-000%s', l, n), ('00000000-0000-0000-0000-0000000000b' || l)::uuid, ('00000000-0000-0000-0000-0000000000a' || l)::uuid, v, 'eu-gdpr', 'GDPR',
       'access', 'open', 'Etc/UTC', current_date
  FROM (VALUES (1, 1, 'acme'), (1, 2, 'acme'), (1, 3, 'other'), (2, 4, 'acme')) AS r (l, n, v);
INSERT INTO dsr.reply_token (library_id, hash, request_id, vendor, channel, message_id) VALUES
    (1, sha256('one'), 1001, 'acme', 'email-1', '<1@lib>'), (1, sha256('two'), 1001, 'acme', 'email-1', '<2@lib>'), (1, sha256('two'), 1002, 'acme', 'email-1', '<2@lib>'),
    (2, sha256('three'), 1004, 'acme', 'email-1', '<3@lib>');

CREATE FUNCTION pg_temp.hex(word text) RETURNS text LANGUAGE sql AS $$ SELECT encode(sha256(word::bytea), 'hex') $$;
CREATE FUNCTION pg_temp.p(tokens text[], ids text[] DEFAULT '{}', refs text[] DEFAULT '{}', domain text DEFAULT NULL) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('tokens', ARRAY(SELECT pg_temp.hex(t) FROM unnest(tokens) WITH ORDINALITY u (t, n) ORDER BY n), 'ids', ids, 'references', refs, 'sender_domain', domain) $$;
CREATE FUNCTION pg_temp.matched(p jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(request_id || ' ' || match_by, ', ' ORDER BY request_id), 'none') FROM dsr.reply_match(p) $$;

SELECT set_config('dsr.library', '1', true);
SELECT is(pg_temp.matched(pg_temp.p('{one}')), '1001 token', 'a token is its letter''s request');
SELECT is(pg_temp.matched(pg_temp.p('{two}')), '1001 token, 1002 token', 'or its requests');
SELECT is(pg_temp.matched(pg_temp.p('{unknown,two,one}')), '1001 token, 1002 token', 'the first known token decides');
SELECT is(pg_temp.matched(pg_temp.p('{one}', '{<2@lib>}', '{R-0001-0003}', 'other.example')), '1001 token', 'before everything else');
SELECT is(pg_temp.matched(pg_temp.p('{}', '{<x@y>,<2@lib>}', '{R-0001-0003}', 'other.example')), '1001 in_reply_to, 1002 in_reply_to', 'then the message answered');
SELECT is(pg_temp.matched(pg_temp.p('{}', '{}', '{R-0001-0003}', 'acme.example')), '1003 reference', 'then a reference');
SELECT is(pg_temp.matched(pg_temp.p('{}', '{}', '{}', 'help.other.example')), '1003 domain', 'then the one open request to that domain');
SELECT is(pg_temp.matched(pg_temp.p('{}', '{}', '{}', 'acme.example')), 'none', 'but of two none');
SELECT is(pg_temp.matched(pg_temp.p('{}', '{}', '{}', 'example')), 'none', 'a last label alone is nobody''s');
SELECT is(pg_temp.matched(pg_temp.p('{three}', '{<3@lib>}', '{R-0002-0004}')), 'none', 'nothing of another library');
UPDATE dsr.request SET state = 'closed', closed_on = current_date WHERE id = 1003;
SELECT is(pg_temp.matched(pg_temp.p('{}', '{}', '{}', 'other.example')), 'none', 'nor a guess about a closed one');
SELECT is(dsr.vendor_domains(doc), '{acme.example,forms.acme.example}', 'domains of addresses and pages') FROM dsr.vendor WHERE library_id = 1 AND slug = 'acme';
SELECT is(dsr.vendor_domains('{"channels": "x"}'), '{}', 'of any document');

-- Stored: all in one, and only once.
CREATE FUNCTION pg_temp.mail(word text, kind text, event text, tokens text[], more jsonb DEFAULT '{}') RETURNS json LANGUAGE sql AS $$
    SELECT api.inbox_store(1, pg_temp.p(tokens) || jsonb_build_object('sha256', pg_temp.hex(word), 'size', 5, 'kind', kind, 'event', event, 'media_types', '["text/plain"]'::jsonb) || more) $$;
SELECT is(pg_temp.mail('m1', 'answer', 'extension_notice', '{two}', '{"source": "imaps://x/y", "uidvalidity": 7, "uid": 9}') ->> 'matched', '2', 'a mail about two requests');
SELECT is((SELECT string_agg(ref || ' ' || p.state || ' ' || event, ', ' ORDER BY ref) FROM dsr.reply p JOIN dsr.request r ON r.library_id = p.library_id AND r.id = request_id),
          'R-0001-0001 proposed extension_notice, R-0001-0002 proposed extension_notice', 'is proposed for each');
SELECT is(api.inbox_mark(1, 'imaps://x/y')::text, '{"uidvalidity" : 7, "uid" : 9}', 'and the mark has moved');
SELECT is(pg_temp.mail('m1', 'answer', 'extension_notice', '{two}', '{"source": "imaps://x/y", "uidvalidity": 7, "uid": 8}') ->> 'known', 'true', 'the same again is known');
SELECT is((SELECT count(*) FROM dsr.reply), 2::bigint, 'and stored no more');
SELECT is(api.inbox_mark(1, 'imaps://x/y') ->> 'uid', '9', 'a mark does not go back');
SELECT is(pg_temp.mail('m1', 'answer', NULL, '{}', '{"source": "imaps://x/y", "uidvalidity": 8, "uid": 1}') ->> 'known', 'true', 'nor in a folder made anew');
SELECT is(api.inbox_mark(1, 'imaps://x/y')::text, '{"uidvalidity" : 8, "uid" : 1}', 'whose mark begins again');
SELECT is(pg_temp.mail('m2', 'answer', 'answered', '{}') ->> 'state', 'pen', 'what is about nothing is held');
SELECT is(pg_temp.mail('m3', 'auto_ack', 'acknowledged', '{one}') ->> 'state', 'proposed', 'an acknowledgement is proposed');
INSERT INTO dsr.event (library_id, request_id, n, id, event, on_date) VALUES (1, 1001, 1, gen_random_uuid(), 'acknowledged', current_date);
SELECT is(pg_temp.mail('m4', 'auto_ack', 'acknowledged', '{one}') ->> 'state', 'noted', 'a second one is not');
INSERT INTO dsr.request (library_id, id, ref, subject_id, filer, vendor, law, law_name, "right", state, zone)
VALUES (1, 1005, 'R-0001-0005', '00000000-0000-0000-0000-0000000000b1', '00000000-0000-0000-0000-0000000000a1', 'acme', 'eu-gdpr', 'GDPR', 'access', 'draft', 'Etc/UTC');
INSERT INTO dsr.reply_token (library_id, hash, request_id, vendor, channel, message_id) VALUES (1, sha256('five'), 1005, 'acme', 'email-1', '<5@lib>');
SELECT is(pg_temp.mail('d1', 'auto_ack', 'acknowledged', '{five}') ->> 'state', 'proposed', 'a machine that answers before the sending is recorded is heard');
SELECT pg_temp.mail('d2', 'answer', 'answered', '{}', '{"ids": ["<5@lib>"]}'), pg_temp.mail('d3', 'answer', 'answered', '{}', '{"references": ["R-0001-0005"]}');
SELECT is((SELECT event FROM dsr.reply WHERE sha256 = sha256('d2')), 'answered', 'so is what answers the message');
SELECT is((SELECT event FROM dsr.reply WHERE sha256 = sha256('d3')), NULL, 'what only names a draft is no answer to it');
DELETE FROM dsr.request WHERE library_id = 1 AND id = 1005;
SELECT is((SELECT string_agg(DISTINCT state, ',') FROM dsr.request WHERE library_id = 1), 'closed,open', 'and nothing was closed or opened by any of it');
DELETE FROM dsr.request WHERE library_id = 1 AND id = 1001;
SELECT is((SELECT count(*) FROM dsr.reply WHERE request_id = 1001), 0::bigint, 'a reply goes with its request');

-- Only a token marks a channel: mails are read in order, and a hard bounce stays until an answer is newer.
SELECT lives_ok($$ SELECT pg_temp.mail('m8', 'report', NULL, '{two}'), pg_temp.mail('m9', 'bounce_hard', NULL, '{}', '{"references": ["R-0001-0002"]}') $$, 'more mails');
SELECT is((SELECT bounces || ' ' || hard || ' ' || (proven_on IS NULL) FROM dsr.vendor_channel WHERE library_id = 1 AND vendor = 'acme' AND channel = 'email-1'), '0 false false',
          'a channel that has answered is not marked by what no token vouches for');
SELECT is(pg_temp.mail('m6', 'bounce_soft', NULL, '{two}') ->> 'match_by', 'token', 'one comes back');
INSERT INTO dsr.reply_token (library_id, hash, request_id, vendor, channel, message_id)
SELECT 1, sha256('four'), id, 'acme', 'email-1', '<4@lib>' FROM dsr.request WHERE library_id = 1 AND id IN (1002, 1003);
SELECT is(pg_temp.mail('m4', 'bounce_soft', NULL, '{four}') ->> 'matched', '2', 'a chaser comes back');
SELECT is((SELECT bounces::int FROM dsr.vendor_channel WHERE library_id = 1 AND vendor = 'acme' AND channel = 'email-1'), 2, 'once, though it was about two requests');
SELECT is(pg_temp.mail('m5', 'bounce_hard', NULL, '{two}') ->> 'match_by', 'token', 'another for good');
SELECT is((SELECT bounces >= 2 AND hard AND bounced_on = dsr.today() FROM dsr.vendor_channel WHERE library_id = 1 AND vendor = 'acme' AND channel = 'email-1'), true, 'and by those it is');
SELECT is(pg_temp.mail('m7', 'answer', NULL, '{two}') ->> 'match_by', 'token', 'an answer comes');
SELECT is(api.inbox_store(1, pg_temp.p('{three}') || jsonb_build_object('sha256', pg_temp.hex('east'), 'size', 5, 'kind', 'answer', 'event', 'answered', 'media_types', '[]'::jsonb)) ->> 'match_by',
          'token', 'what answers a letter of another library');
SELECT is((SELECT count(*) FROM dsr.reply WHERE library_id = 1 AND sha256 = sha256('east')), 0::bigint, 'is not seen in the mailbox''s own');
SELECT set_config('dsr.library', '2', true);
SELECT is((SELECT library_id || ' ' || request_id || ' ' || state FROM dsr.reply WHERE sha256 = sha256('east')), '2 1004 proposed', 'but is that one''s');
SELECT set_config('dsr.library', '1', true);

-- What somebody has seen to is not told any more.
SELECT is((SELECT string_agg(kind, ',' ORDER BY kind) FROM dsr.reminder WHERE request_id = 1002 AND state = 'planned'), 'bounced,replied', 'the filer will be told, once of each');
SELECT api.enter('1', '00000000-0000-0000-0000-0000000000a1', 'staff', 'library');
SELECT count(api.inbox_decide(jsonb_build_object('id', id, 'state', 'confirmed'))) FROM dsr.reply WHERE library_id = 1 AND request_id = 1002 AND state = 'proposed';
SELECT is((SELECT count(*) FROM dsr.reminder WHERE request_id = 1002), 0::bigint, 'unless all of it has been seen by then');
SELECT set_config('dsr.account', '', true);

-- Plans.
INSERT INTO dsr.reply_token (library_id, hash, request_id, vendor, channel, message_id)
SELECT 1, sha256(n::text::bytea), 1002, 'acme', 'email-1', format('<%s@many>', n) FROM generate_series(1, 5000) n;
ANALYZE dsr.reply_token;
SET LOCAL enable_seqscan = off;
SELECT alike(pg_temp.plan_of($$ SELECT FROM dsr.reply_token t WHERE t.library_id = 1 AND t.hash = ANY (ARRAY['\x00'::bytea]) $$), '%reply_token_pkey%', 'a token is found by index');
SELECT alike(pg_temp.plan_of($$ SELECT FROM dsr.reply_token t WHERE t.library_id = 1 AND t.message_id = ANY (ARRAY['a', 'b']) $$), '%reply_token_message%', 'and a message');
SELECT alike(pg_temp.plan_of($$ SELECT FROM dsr.request r WHERE r.library_id = 1 AND r.ref = ANY (ARRAY['a', 'b']) $$), '%Index Cond%ref%', 'and a reference');
INSERT INTO dsr.vendor (library_id, slug, name, doc) SELECT 1, 'many-' || n, 'Many ' || n, jsonb_build_object('slug', 'many-' || n, 'name', 'Many ' || n) FROM generate_series(1, 3000) n;
INSERT INTO dsr.vendor_domain SELECT 1, 'many-' || n || '.example', 'many-' || n FROM generate_series(1, 3000) n;
ANALYZE dsr.vendor_domain;
SET LOCAL ROLE dsrd_owner; -- for whom row level security holds
SELECT alike(pg_temp.plan_of($$ SELECT FROM dsr.vendor_domain v WHERE v.library_id = dsr.library() AND v.domain = ANY (ARRAY['a.b', 'b.c']) $$), '%vendor_domain_pkey%domain%', 'and a domain');
RESET ROLE;
SELECT alike(pg_temp.plan_of($$ SELECT FROM dsr.reply w WHERE library_id = 1 AND state IN ('pen', 'proposed') AND (came_at, id) > (now(), gen_random_uuid()) ORDER BY came_at, id LIMIT 50 $$),
             '%reply_%', 'and what waits');
SELECT * FROM finish();
ROLLBACK;
