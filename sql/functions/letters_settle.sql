-- SPDX-License-Identifier: GPL-3.0-or-later
-- Withdraws the letters about these requests that wait and may not go out any more (dsr.letter_barred).
CREATE OR REPLACE FUNCTION dsr.letters_settle(p_requests bigint[]) RETURNS void
    LANGUAGE plpgsql SET dsr.reach = 'library' -- what it concerns is other people's too: none of it may be overlooked here
AS $function$
DECLARE
    held record;
BEGIN
    FOR held IN
        SELECT m.id, dsr.letter_barred(l) AS why
          FROM dsr.letter l JOIN dsr.message m ON m.library_id = l.library_id AND m.id = l.message_id
         WHERE l.library_id = dsr.library() AND l.request_id = ANY (p_requests) AND l.state = 'approved'
           AND m.state IN ('queued', 'leased') AND dsr.letter_barred(l) IS NOT NULL
         ORDER BY m.id FOR UPDATE OF m
    LOOP
        UPDATE dsr.message SET state = 'cancelled', bytes = NULL, version = version + 1, incarnation = NULL, lease_until = NULL,
               last_problem = held.why
         WHERE library_id = dsr.library() AND id = held.id;
        PERFORM dsr.letter_follow(held.id);
    END LOOP;
END
$function$;

ALTER FUNCTION dsr.letters_settle(bigint[]) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.letters_settle(bigint[]) FROM PUBLIC;
