-- SPDX-License-Identifier: GPL-3.0-or-later
-- Keys that end: what re-sealing finds and replaces, and what the database says of a ring.
BEGIN;
SET search_path = public, pg_catalog;
SELECT plan(23);
SELECT is_empty($$ SELECT name FROM dsr.sealed_tables() t WHERE NOT EXISTS (
                       SELECT FROM pg_attribute WHERE attrelid = format('dsr.%I', name)::regclass AND attname = 'id' AND atttypid = 'uuid'::regtype)
                    OR NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = format('dsr.%I', name)::regclass AND attname = 'library_id') $$,
                'every table with sealed columns has a library and a uuid id, so that it can be sealed anew');
CREATE FUNCTION pg_temp.envelope(key integer, filling text) RETURNS dsr.sealed LANGUAGE sql AS $$ SELECT '\x01'::bytea || int4send(key) || decode(repeat(filling, 60), 'hex') $$;
SELECT is(dsr.envelope_key(pg_temp.envelope(-2, '00')), 4294967294::bigint, 'the number of the key is read from its envelope');
SELECT set_config('dsr.library', '1', true);
INSERT INTO dsr.account (library_id, id, roles, name, uid, uid_hash)
VALUES (1, '00000000-0000-0000-0000-0000000000a1', '{staff}', pg_temp.envelope(1, 'a1'), pg_temp.envelope(2, 'a2'), sha256('1'));
INSERT INTO dsr.subject (library_id, id, alias, name) SELECT 1, gen_random_uuid(), 'amber-heron-' || n, pg_temp.envelope(1, 'b1') FROM generate_series(1, 3000) n;
SELECT set_config('dsr.library', '2', true);
INSERT INTO dsr.account (library_id, id, roles, name) VALUES (2, '00000000-0000-0000-0000-0000000000a2', '{staff}', pg_temp.envelope(1, 'c1'));

CREATE FUNCTION public.keys_pass(p_keys jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE place jsonb := '{}'; answer jsonb; found bigint := 0;
BEGIN
    WHILE place <> 'null' LOOP
        answer := api.rekey_read(place || jsonb_build_object('keys', p_keys));
        found := found + jsonb_array_length(answer -> 'rows');
        place := answer -> 'next';
    END LOOP;
    RETURN CASE WHEN answer -> 'looked' = answer -> 'blocks' THEN found END;
END $$;
SELECT set_config('dsr.library', '', true);
SET LOCAL ROLE dsrd_owner;
SELECT is((SELECT count(*) FROM dsr.library), 0::bigint, 'nobody sees the libraries');
SELECT is(dsr.libraries(), '{1,2}', 'but who must re-seal in all of them');
SELECT is((SELECT count(*) FROM dsr.library), 0::bigint, 'and only in that call');
RESET ROLE;
SET LOCAL ROLE dsrd_api;
-- Temporary tables are not for the daemon's roles; a setting keeps what was read.
SELECT set_config('keys.found', api.rekey_read('{"keys": [1]}')::text, true);
SELECT set_config('keys.rows', (SELECT json_agg(r ORDER BY r ->> 'library') FROM json_array_elements(current_setting('keys.found')::json -> 'rows') r)::text, true);
SELECT is((SELECT json_agg(json_build_array(r ->> 'library', r ->> 'table', r -> 'sealed' ->> 'uid' IS NULL))::text FROM json_array_elements(current_setting('keys.rows')::json) r),
          '[["1", "account", true], ["2", "account", true]]', 'what the key sealed is found in every library, and only that');
SELECT is((current_setting('keys.found')::json #>> '{next,table}'), 'attempt', 'then comes the next table');
SELECT is(public.keys_pass('[1]'), 3002::bigint, 'block by block every row is found, once, and the progress ends at the whole');
SELECT is(public.keys_pass('[7]'), 0::bigint, 'of another key nothing');

SELECT is(api.rekey_write(jsonb_build_object('rows', (SELECT jsonb_agg(r || '{"sealed": {"name": "AQAAAAEA"}}' || jsonb_build_object('fresh', r -> 'sealed'))
              FROM jsonb_array_elements(current_setting('keys.rows')::jsonb) r))) ->> 'written', '0', 'nothing is written where another value stands');
-- The first row is changed by somebody between reading and writing.
RESET ROLE;
SELECT set_config('dsr.library', '1', true);
UPDATE dsr.account SET name = pg_temp.envelope(2, 'd1') WHERE id = '00000000-0000-0000-0000-0000000000a1';
SET LOCAL ROLE dsrd_api;
SELECT is(api.rekey_write(jsonb_build_object('rows', (SELECT jsonb_agg(r || jsonb_build_object('fresh', jsonb_build_object('name',
              encode('\x01'::bytea || int4send(3) || decode(repeat('ee', 60), 'hex'), 'base64')))) FROM jsonb_array_elements(current_setting('keys.rows')::jsonb) r))) ->> 'written', '1',
          'a row changed meanwhile is not written over');
RESET ROLE;
SELECT is((SELECT string_agg(dsr.envelope_key(name)::text || coalesce(':' || dsr.envelope_key(uid), ''), ' ' ORDER BY library_id) FROM dsr.account), '2:2 3',
          'it keeps what was written, the other has the fresh value');

-- The ring.
SET LOCAL ROLE dsrd_api;
SELECT set_config('keys.ring', format('{"keys": [{"id": 1, "mark": "%s", "starts": 1000, "ends": 2000}, {"id": 2, "mark": "%s", "starts": 2000, "ends": 99999999999}]}',
                                      repeat('a', 64), repeat('b', 64)), true);
SELECT is(api.ring_state(current_setting('keys.ring')::jsonb)::jsonb, '{"conflicts": [], "missing": [], "newest": 2, "doubt": null}', 'a ring is noted');
SELECT is(api.ring_state(replace(current_setting('keys.ring'), 'b', 'c')::jsonb)::jsonb, '{"conflicts": [2], "missing": [], "newest": 2, "doubt": null}', 'another key of the same number is told');
SELECT is(api.ring_state(current_setting('keys.ring')::jsonb #- '{keys,0}')::jsonb, '{"conflicts": [], "missing": [1], "newest": 2, "doubt": null}', 'and a lacking one');
SELECT is(api.ring_destroyed('{"keys": [1, 2], "days": 3}')::jsonb, '{"keys": [1]}', 'only a key whose time is over by this clock too may go');
SELECT is(api.ring_state(current_setting('keys.ring')::jsonb #- '{keys,0}')::jsonb, '{"conflicts": [], "missing": [], "newest": 2, "doubt": null}', 'and is not missed then');
RESET ROLE;
SELECT is((SELECT string_agg(act || ' ' || target, ', ' ORDER BY seq) FROM dsr.audit WHERE library_id = 0), 'keys_added 1,2, keys_destroyed 1', 'both are in the system''s audit log');

-- A ring may bring more keys at once than an entry of the audit log can name one by one: it is compared all the same, or nobody could write.
SELECT is(dsr.number_list(ARRAY[3, 1, 2]), '1,2,3', 'few numbers are listed');
SELECT is(dsr.number_list((SELECT array_agg(n) FROM generate_series(1, 300) n WHERE n <> 7)), '1-6,8-300', 'many in runs');
SELECT matches(dsr.number_list((SELECT array_agg(2 * n) FROM generate_series(1, 300) n)), '^.{197}[.]{3}$', 'and what is longer still is cut off');
SELECT is(dsr.number_list(NULL), NULL, 'none are none');
SET LOCAL ROLE dsrd_api;
SELECT is((api.ring_state(jsonb_build_object('keys', (SELECT jsonb_agg(jsonb_build_object('id', n, 'mark', lpad(n::text, 64, '0'), 'starts', 1000, 'ends', 2000))
                                                        FROM generate_series(101, 400) n))) ->> 'newest'), '400', 'three hundred keys at once are noted');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
