-- SPDX-License-Identifier: GPL-3.0-or-later
-- Puts the clocks just computed in the place of the old ones: those of p_party (vendor, requester), or all when it is null.
CREATE OR REPLACE FUNCTION dsr.clocks_replace(p_request bigint, p_clocks jsonb, p_party text) RETURNS void
    LANGUAGE sql
AS $function$
DELETE FROM dsr.clock WHERE library_id = dsr.library() AND request_id = p_request AND party = coalesce(p_party, party);
INSERT INTO dsr.clock (library_id, request_id, clock, n, party, state, due, earliest, latest, raw, extended, assumed, legal,
                       confidence, cite, law_hash, explanation)
SELECT dsr.library(), p_request, c.clock ->> 'clock', c.position::int, c.clock ->> 'party', c.clock ->> 'state',
       (c.clock ->> 'due')::date, (c.clock ->> 'earliest')::date, (c.clock ->> 'latest')::date, (c.clock ->> 'raw')::date,
       (c.clock ->> 'extended')::date, (c.clock ->> 'assumed')::boolean, (c.clock ->> 'legal')::boolean,
       c.clock ->> 'confidence', c.clock ->> 'cite', c.clock ->> 'law_hash', c.clock -> 'steps'
  FROM jsonb_array_elements(p_clocks) WITH ORDINALITY AS c (clock, position)
 WHERE c.clock ->> 'party' = coalesce(p_party, c.clock ->> 'party')
$function$;

ALTER FUNCTION dsr.clocks_replace(bigint, jsonb, text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.clocks_replace(bigint, jsonb, text) FROM PUBLIC;
