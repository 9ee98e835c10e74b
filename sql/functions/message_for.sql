-- SPDX-License-Identifier: GPL-3.0-or-later
-- The mail to that address which more can still be put into (who does says how pressing it is): one waiting and never tried, whatever its day (after an outage it is
-- brought up to today), else a new one. Null when today's has already gone: then tomorrow; or while one is
-- being tried: then at the next look.
CREATE OR REPLACE FUNCTION dsr.message_for(p_kind text, p_id uuid, p_hash bytea, p_today date) RETURNS uuid
    LANGUAGE plpgsql
AS $function$
DECLARE
    found_message uuid;
    is_tried boolean;
BEGIN
    -- Both kinds in one statement: between two of them the one being tried would be put off, and be in neither.
    SELECT id, state = 'sending' INTO found_message, is_tried FROM dsr.message
     WHERE library_id = dsr.library() AND address_hash = p_hash AND kind = 'reminder'
       AND ((state IN ('queued', 'leased') AND bytes IS NULL) OR state = 'sending')
     ORDER BY 2, day DESC LIMIT 1;
    IF is_tried THEN -- it may be waiting again a moment later, of whatever day it is: nobody shall get two when the relay is back
        RETURN NULL;
    END IF;
    IF found_message IS NOT NULL THEN
        PERFORM FROM dsr.message WHERE library_id = dsr.library() AND id = found_message AND state IN ('queued', 'leased') AND bytes IS NULL FOR UPDATE;
        IF NOT FOUND THEN -- it is tried since
            RETURN NULL;
        END IF;
        UPDATE dsr.message SET version = version + 1, dated = now(),
               day = CASE WHEN EXISTS (SELECT FROM dsr.message o WHERE o.library_id = dsr.library() AND o.address_hash = p_hash AND o.day = p_today
                                        AND o.kind = 'reminder' AND o.state <> 'cancelled' AND o.id <> found_message) THEN day ELSE p_today END
         WHERE library_id = dsr.library() AND id = found_message;
        RETURN found_message;
    END IF;
    INSERT INTO dsr.message (library_id, id, kind, recipient_kind, recipient_id, address_hash, day, pressing)
    VALUES (dsr.library(), gen_random_uuid(), 'reminder', p_kind, p_id, p_hash, p_today, 'infinity')
    ON CONFLICT (library_id, address_hash, day) WHERE kind = 'reminder' AND state <> 'cancelled' DO NOTHING
    RETURNING id INTO found_message;
    RETURN found_message;
END
$function$;

ALTER FUNCTION dsr.message_for(text, uuid, bytea, date) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.message_for(text, uuid, bytea, date) FROM PUBLIC;
