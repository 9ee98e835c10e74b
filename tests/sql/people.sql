-- SPDX-License-Identifier: GPL-3.0-or-later
-- On which days an authority holds, for what, and when what rested on it has ended.
BEGIN;
SET search_path = public, pg_catalog;
SELECT plan(28);
SELECT set_config('dsr.library', '1', true), set_config('dsr.account', '00000000-0000-0000-0000-0000000000a1', true),
    set_config('dsr.roles', 'staff', true);
INSERT INTO dsr.account (library_id, id, roles) VALUES (1, '00000000-0000-0000-0000-0000000000a1', '{staff}'),
       (1, '00000000-0000-0000-0000-0000000000a2', '{patron}');
INSERT INTO dsr.subject (library_id, id, alias) VALUES (1, '00000000-0000-0000-0000-0000000000b1', 'amber-heron'),
       (1, '00000000-0000-0000-0000-0000000000b2', 'calm-otter');
UPDATE dsr.account SET subject_id = '00000000-0000-0000-0000-0000000000b2' WHERE id = '00000000-0000-0000-0000-0000000000a2';
SELECT dsr.vendor_load(1, '{"slug": "acme", "name": "Acme", "brands": [], "establishments": [], "channels": []}');
INSERT INTO dsr.request (library_id, ref, subject_id, filer, vendor, law, law_name, "right", state, sent_on, zone)
VALUES (1, 'R-0000-0001', '00000000-0000-0000-0000-0000000000b1', '00000000-0000-0000-0000-0000000000a1', 'acme', 'eu-gdpr', 'GDPR',
        'access', 'open', dsr.today() - 50, 'Etc/UTC'),
       (1, 'R-0000-0002', '00000000-0000-0000-0000-0000000000b2', '00000000-0000-0000-0000-0000000000a2', 'acme', 'eu-gdpr', 'GDPR',
        'access', 'open', dsr.today() - 50, 'Etc/UTC');

CREATE FUNCTION pg_temp.an_authority(given integer, last integer, withdrawn integer, p_vendors text[], p_rights text[],
                                     recorded interval DEFAULT '0') RETURNS void LANGUAGE sql AS $$
    INSERT INTO dsr.authority (library_id, subject_id, n, form, given_on, until, withdrawn_on, withdrawn_at, vendors, rights, recorded_by)
    SELECT 1, s, coalesce((SELECT max(n) FROM dsr.authority WHERE subject_id = s), 0) + 1, 'signed', dsr.today() - given,
        dsr.today() - last, dsr.today() - withdrawn,
           CASE WHEN withdrawn IS NOT NULL THEN now() + recorded END, p_vendors, p_rights, '00000000-0000-0000-0000-0000000000a1'
      FROM unnest(ARRAY['00000000-0000-0000-0000-0000000000b1', '00000000-0000-0000-0000-0000000000b2']::uuid[]) s $$;
-- Days before today; null: none.
CREATE FUNCTION pg_temp.ended(ref text) RETURNS integer LANGUAGE sql AS $$ SELECT dsr.today() - dsr.authority_ended(r) FROM dsr.request r
    WHERE r.ref = ended.ref $$;

-- When the first request was sent, with that as its only event of it; a draft without.
CREATE FUNCTION pg_temp.sent_then(recorded timestamptz, day date, undone boolean) RETURNS date LANGUAGE plpgsql AS $$
DECLARE
    r dsr.request;
BEGIN
    SELECT * INTO r FROM dsr.request WHERE ref = 'R-0000-0001';
    DELETE FROM dsr.event WHERE library_id = r.library_id AND request_id = r.id;
    IF day IS NULL THEN
        r.sent_on := NULL;
    ELSE
        INSERT INTO dsr.event (library_id, request_id, n, id, event, on_date, at, voided_at)
        VALUES (r.library_id, r.id, 1, gen_random_uuid(), 'sent', day, recorded, CASE WHEN undone THEN now() END);
    END IF;
    RETURN dsr.sent_here(r);
END $$;

SELECT is(dsr.authority_valid(a, dsr.today() - day), holds, format('given %s, last %s, withdrawn %s: on %s', given, last, withdrawn, day))
  FROM (VALUES (20, NULL, NULL, 21, false), (20, NULL, NULL, 20, true), (20, NULL, NULL, 0, true), (20, 10, NULL, 10, true),
               (20, 10, NULL, 9, false),
               (20, NULL, 10, 11, true), (20, NULL, 10, 10, false), (20, 5, 10, 7, false)) AS cases (given, last, withdrawn, day, holds),
       LATERAL (SELECT jsonb_populate_record(NULL::dsr.authority, jsonb_build_object(
                   'given_on', dsr.today() - given, 'until', dsr.today() - last, 'withdrawn_on', dsr.today() - withdrawn)) AS a) row;
SELECT is(dsr.authority_covers(jsonb_populate_record(NULL::dsr.authority, jsonb_build_object('vendors', vendors, 'rights', rights)),
                               'acme', 'access'), covers,
          format('%s %s', vendors, rights))
  FROM (VALUES ('{}'::text[], '{}'::text[], true), ('{acme,other}', '{}', true), ('{other}', '{}', false),
               ('{}', '{deletion,access}', true), ('{acme}', '{deletion}', false))
       AS cases (vendors, rights, covers);

SELECT is(pg_temp.ended('R-0000-0001'), NULL, 'what never rested on an authority has lost none');
SELECT pg_temp.an_authority(100, 60, NULL, '{}', '{}');
SELECT is(pg_temp.ended('R-0000-0001'), NULL, 'nor has it by one that was over before it was sent');
SELECT pg_temp.an_authority(100, 5, NULL, '{other}', '{}');
SELECT is(pg_temp.ended('R-0000-0001'), NULL, 'or that covers something else');
SELECT pg_temp.an_authority(100, NULL, 50, '{}', '{}', '-1 hour');
SELECT is(pg_temp.ended('R-0000-0001'), NULL, 'or was withdrawn that day, before it was filed');
SELECT pg_temp.an_authority(100, 5, NULL, '{acme}', '{}');
SELECT is(pg_temp.ended('R-0000-0001'), 4, 'it has on the day after its last one');
SELECT is(pg_temp.ended('R-0000-0002'), NULL, 'one''s own request rests on none');
SELECT pg_temp.an_authority(100, NULL, 3, '{}', '{access}');
SELECT is(pg_temp.ended('R-0000-0001'), 3, 'of several the last end counts');
SELECT pg_temp.an_authority(1, NULL, NULL, '{}', '{}');
SELECT is(pg_temp.ended('R-0000-0001'), NULL, 'and none when one holds today');

-- A library in Honolulu, a vendor in Auckland: 21 or 22 hours ahead of it.
UPDATE dsr.library SET zone = 'Pacific/Honolulu' WHERE id = 1;
UPDATE dsr.request SET zone = 'Pacific/Auckland', sent_on = '2026-03-11', created_at = '2026-03-09 11:00+00' WHERE ref = 'R-0000-0001';
SELECT is(pg_temp.sent_then(recorded::timestamptz, on_date::date, undone), day::date, name)
  FROM (VALUES ('2026-03-10 20:00+00', '2026-03-11', false, '2026-03-10', 'what was sent the day it was recorded was sent on that day here'),
               ('2026-03-11 10:30+00', '2026-03-11', false, '2026-03-11', 'be it another one'),
               ('2026-03-11 11:30+00', '2026-03-11', false, '2026-03-11', 'what was recorded later stands as it was said'),
               ('2026-03-10 20:00+00', '2026-03-11', true, '2026-03-11', 'what was undone says nothing'),
               ('2026-03-10 20:00+00', '2026-03-10', false, '2026-03-11', 'nor does another day'),
               (NULL, NULL, NULL, '2026-03-09', 'a draft is of the day it was written on'))
       AS cases (recorded, on_date, undone, day, name);

SELECT ok(dsr.filed_for_another('00000000-0000-0000-0000-0000000000a1', '00000000-0000-0000-0000-0000000000b2')
          AND NOT dsr.filed_for_another('00000000-0000-0000-0000-0000000000a2', '00000000-0000-0000-0000-0000000000b2'),
              'whose own a request is, its account says');
SELECT * FROM finish();
ROLLBACK;
