-- SPDX-License-Identifier: GPL-3.0-or-later
-- The hold of that id, which a demand is said to have led to: one of this library that is in force. Null for null; DS404, DS422 when it has
-- ended. It cannot be released before the caller's transaction ends.
CREATE OR REPLACE FUNCTION dsr.hold_for_demand(p_id text) RETURNS uuid
    LANGUAGE plpgsql
AS $function$
DECLARE
    h dsr.hold;
BEGIN
    IF p_id IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT * INTO h FROM dsr.hold WHERE library_id = dsr.library() AND id::text = lower(p_id) FOR SHARE;
    IF h.id IS NULL THEN
        PERFORM dsr.raise_error('404', 'hold', 'There is no such hold; `dsr hold list` shows them, `dsr hold add` sets one.');
    ELSIF NOT dsr.hold_is_in_force(h) THEN
        PERFORM dsr.raise_error('422', 'hold', format('This hold ended on %s and keeps nothing any more; `dsr hold add` sets another.',
            CASE WHEN h.released_at IS NOT NULL
                 THEN (h.released_at AT TIME ZONE (SELECT zone FROM dsr.library WHERE id = h.library_id))::date ELSE h.until END));
    END IF;
    RETURN h.id;
END
$function$;

ALTER FUNCTION dsr.hold_for_demand(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.hold_for_demand(text) FROM PUBLIC;
