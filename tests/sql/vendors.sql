-- SPDX-License-Identifier: GPL-3.0-or-later
-- What is learned of channels, in every order it may come in; names; take-overs; who is in trouble, by index.
BEGIN;
SET search_path = public, pg_catalog;

SELECT set_config('dsr.library', '1', true);
CREATE FUNCTION pg_temp.document(slug text, name text, more jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_build_object('slug', slug, 'name', name, 'date_seen', '2026-01-01', 'establishments', '[{"country": "NL", "zone": "Europe/Amsterdam"}]'::jsonb,
    'channels', jsonb_build_array(jsonb_build_object('id', 'email-1', 'kind', 'email', 'address', 'a@' || slug || '.example', 'date_seen', current_date::text))) || more
$$;
SELECT dsr.vendor_store(pg_temp.document('acme', 'Acme', '{"brands": ["Roadrunner"]}'), false);
SELECT dsr.vendor_store(pg_temp.document('beta', 'Same Name'), false);
SELECT dsr.vendor_store(pg_temp.document('gamma', 'Same Name'), false);
SELECT dsr.vendor_store(pg_temp.document('delta', 'Roadrunner', '{"origin": "a list"}'), false);

SELECT * FROM no_plan();

-- p: an answer, s: a soft bounce, h: a hard one, c: a confirmation (today, as in vendor_confirm); each with how many days ago.
CREATE FUNCTION pg_temp.after(steps text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    step text;
BEGIN
    UPDATE dsr.vendor_channel SET proven_on = NULL, confirmed_on = NULL, bounced_on = NULL, bounces = 0, hard = false, seen_on = current_date - 400
     WHERE vendor = 'acme';
    FOREACH step IN ARRAY string_to_array(steps, ' ') LOOP
        IF step LIKE 'p%' THEN PERFORM dsr.channel_proven('acme', 'email-1', current_date - substr(step, 2)::int);
        ELSIF step LIKE 'c%' THEN UPDATE dsr.vendor_channel SET confirmed_on = current_date, bounces = 0, hard = false WHERE vendor = 'acme';
        ELSE PERFORM dsr.channel_bounced('acme', 'email-1', current_date - substr(step, 2)::int, step LIKE 'h%'); END IF;
    END LOOP;
    RETURN (SELECT dsr.channel_status(c, current_date, 365) FROM dsr.vendor_channel c WHERE vendor = 'acme');
END $$;
SELECT is(pg_temp.after(steps), wanted, format('%s: %s', steps, wanted)) FROM (VALUES
    ('p0', 'ok'), ('p365', 'ok'), ('p366', 'stale'), ('s9 s8', 'stale'), ('s9 s8 s7', 'bouncing'), ('h9', 'bouncing'),
    ('h9 p9', 'ok'), ('h9 p8', 'ok'), ('h8 p9', 'bouncing'), ('p8 h9', 'ok'), ('p9 h8', 'bouncing'), ('p9 h9', 'bouncing'),
    ('p5 s9 s8 s7', 'ok'), ('s9 s8 p8 s7', 'ok'), ('s9 s8 s7 c0', 'ok'), ('c0 s9 s8 s7 h3', 'ok'), ('c0 h0', 'bouncing'), ('h3 s2 p2', 'ok')) AS cases (steps, wanted);
SELECT is(dsr.channel_bounced('acme', 'fax-1', current_date, true), false, 'there is no such channel');
SELECT is(dsr.channel_proven('nobody', 'email-1', current_date), false, 'nor such a vendor');

SELECT is(dsr.vendor_find('ROADRUNNER'), 'acme', 'a brand of ours goes before a name of a list');
SELECT throws_ok($$ SELECT dsr.vendor_find('same name') $$, 'DS409', '2 vendors are called "same name": beta, gamma. Say which, by that short name.');
SELECT is(dsr.vendor_merge_into('beta', 'gamma'), true, 'taken over');
SELECT is(dsr.vendor_merge_into('beta', 'gamma'), false, 'the same again is nothing');
SELECT is(dsr.vendor_find('same name'), 'gamma', 'then it is one');
SELECT is(dsr.vendor_merge_into('gamma', 'acme'), true, 'and taken over again');
SELECT is((SELECT merged_into::text FROM dsr.vendor WHERE slug = 'beta'), 'acme', 'without a chain');
SELECT throws_ok($$ SELECT dsr.vendor_merge_into('acme', 'beta') $$, 'DS422', NULL, 'nor a circle');
SELECT is(dsr.vendor_family('acme'), '{acme,beta,gamma}', 'all that is its own now');
SELECT is(dsr.vendor_family('beta'), '{acme,beta,gamma}', 'by whichever of their names');
SELECT is((SELECT count(*) FROM dsr.vendor_trouble() WHERE vendor = 'beta'), 0::bigint, 'of who was taken over nothing is asked');

SELECT dsr.vendor_store(pg_temp.document('v' || n, 'V ' || n), false) FROM generate_series(1, 300) n;
SET LOCAL enable_seqscan = off; -- they are few here: it is asked whether an index serves, not whether it pays
SELECT unalike(pg_temp.plan_of($$ SELECT c.* FROM dsr.vendor_channel c WHERE c.library_id = 1 AND (c.bouncing OR c.fresh_on < current_date - 365) $$),
              '%Seq Scan%', 'channels in trouble are found by index');
SELECT * FROM finish();
ROLLBACK;
