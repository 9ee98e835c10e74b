-- SPDX-License-Identifier: GPL-3.0-or-later
-- The clocks of a request, with their working if asked.
CREATE OR REPLACE FUNCTION dsr.clocks_json(p_request bigint, p_steps boolean) RETURNS json
    LANGUAGE plpgsql STABLE -- which keeps the plan for the session
AS $function$
BEGIN RETURN (
SELECT coalesce(json_agg(CASE WHEN p_steps THEN
           json_build_object('clock', clock, 'party', party, 'state', state, 'due', due, 'earliest', earliest, 'latest', latest,
               'raw', raw, 'extended', extended, 'assumed', assumed, 'legal', legal, 'confidence', confidence, 'cite', cite,
               'law_hash', law_hash, 'explanation', explanation)
       ELSE
           json_build_object('clock', clock, 'party', party, 'state', state, 'due', due, 'earliest', earliest, 'latest', latest,
               'raw', raw, 'extended', extended, 'assumed', assumed, 'legal', legal, 'confidence', confidence, 'cite', cite,
               'law_hash', law_hash) END ORDER BY n), '[]')
  FROM dsr.clock WHERE library_id = dsr.library() AND request_id = p_request
); END
$function$;

ALTER FUNCTION dsr.clocks_json(bigint, boolean) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.clocks_json(bigint, boolean) FROM PUBLIC;
