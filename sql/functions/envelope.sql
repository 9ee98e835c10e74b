-- SPDX-License-Identifier: GPL-3.0-or-later
-- How sealed data stands in JSON: dsrd opens it for those who may see it, and puts null for the others.
CREATE OR REPLACE FUNCTION dsr.envelope(p_at text, p_row uuid, p_sealed bytea) RETURNS json
    LANGUAGE sql IMMUTABLE
AS $function$
SELECT CASE WHEN p_sealed IS NOT NULL THEN
    json_build_object('sealed', translate(encode(p_sealed, 'base64'), E'\n', ''), 'at', p_at, 'row', p_row) END
$function$;

ALTER FUNCTION dsr.envelope(text, uuid, bytea) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.envelope(text, uuid, bytea) FROM PUBLIC;
