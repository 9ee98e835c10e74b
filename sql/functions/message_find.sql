-- SPDX-License-Identifier: GPL-3.0-or-later
-- The message of that id, if the caller may see it: those whose route reaches the library all, others their own. DS404.
CREATE OR REPLACE FUNCTION dsr.message_find(p_id text) RETURNS dsr.message
    LANGUAGE plpgsql STABLE
AS $function$
DECLARE
    found_message dsr.message;
BEGIN
    SELECT * INTO found_message FROM dsr.message m
     WHERE m.library_id = dsr.library() AND m.id = CASE WHEN p_id ~ '^[0-9a-f-]{36}$' THEN p_id::uuid END
       AND (dsr.sees_all() OR m.recipient_id = dsr.me() OR m.recipient_id = dsr.my_subject());
    IF found_message.id IS NULL THEN
        PERFORM dsr.raise_error('404', 'id', 'There is no such message; `dsr mail list` shows them.');
    END IF;
    RETURN found_message;
EXCEPTION WHEN invalid_text_representation THEN
    PERFORM dsr.raise_error('404', 'id', 'There is no such message; `dsr mail list` shows them.');
END
$function$;

ALTER FUNCTION dsr.message_find(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.message_find(text) FROM PUBLIC;
