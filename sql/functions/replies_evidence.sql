-- SPDX-License-Identifier: GPL-3.0-or-later
-- What came back about a request, as evidence shows it: when, from which domain, of what kinds and how much, and the hash of the whole mail,
-- by which the mail itself, kept elsewhere, is known. Guesses and what was discarded are left out.
CREATE OR REPLACE FUNCTION dsr.replies_evidence(p_request bigint) RETURNS json
    LANGUAGE sql STABLE
AS $function$
SELECT coalesce(json_agg(json_build_object(
           'came_at', came_at, 'kind', kind, 'sender_domain', sender_domain, 'size', size, 'media_types', media_types,
           'sha256', encode(sha256, 'hex'), 'match_by', match_by, 'state', state,
           'event', (SELECT e.event FROM dsr.event e WHERE e.library_id = p.library_id AND e.request_id = p.request_id AND e.id = p.event_id))
           ORDER BY came_at, id), '[]')
  FROM dsr.reply p
 WHERE library_id = dsr.library() AND request_id = p_request AND state IN ('proposed', 'noted', 'confirmed')
$function$;

ALTER FUNCTION dsr.replies_evidence(bigint) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.replies_evidence(bigint) FROM PUBLIC;
