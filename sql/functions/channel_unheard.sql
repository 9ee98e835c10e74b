-- SPDX-License-Identifier: GPL-3.0-or-later
-- Events of a request were voided: a proof that rested on that day is none. Whether there was an older one is not known any more, so the
-- channel counts as not proven.
CREATE OR REPLACE FUNCTION dsr.channel_unheard(p_request bigint, p_voids jsonb) RETURNS void
    LANGUAGE sql
AS $function$
UPDATE dsr.vendor_channel c SET proven_on = NULL
  FROM dsr.request r JOIN dsr.event e ON e.library_id = r.library_id AND e.request_id = r.id
 WHERE r.library_id = dsr.library() AND r.id = p_request AND e.id IN (SELECT (v ->> 'id')::uuid FROM jsonb_array_elements(p_voids) AS v)
   AND dsr.event_is_reply(e.event) AND c.library_id = r.library_id AND c.vendor = r.vendor AND c.channel = r.channel_id AND c.proven_on = e.on_date
$function$;

ALTER FUNCTION dsr.channel_unheard(bigint, jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.channel_unheard(bigint, jsonb) FROM PUBLIC;
