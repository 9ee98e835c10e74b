-- SPDX-License-Identifier: GPL-3.0-or-later
-- A document without the days on which it was seen: an import that finds the same facts again changes nothing.
CREATE OR REPLACE FUNCTION dsr.vendor_undated(p_doc jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $function$
SELECT p_doc - 'date_seen' || jsonb_build_object('channels',
    (SELECT coalesce(jsonb_agg(c - 'date_seen' ORDER BY n), '[]') FROM jsonb_array_elements(p_doc -> 'channels') WITH ORDINALITY AS channels (c, n)))
$function$;

ALTER FUNCTION dsr.vendor_undated(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.vendor_undated(jsonb) FROM PUBLIC;
