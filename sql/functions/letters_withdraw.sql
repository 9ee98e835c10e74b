-- SPDX-License-Identifier: GPL-3.0-or-later
-- Withdraws the letters about a request that wait, and says why in each. The caller has locked the request.
CREATE OR REPLACE FUNCTION dsr.letters_withdraw(p_request bigint, p_why text) RETURNS void
    LANGUAGE plpgsql SET dsr.reach = 'library' -- a chaser's letters are about other people too: none of them may be overlooked here
AS $function$
DECLARE
    one uuid;
BEGIN
    FOR one IN
        SELECT m.id FROM dsr.letter l JOIN dsr.message m ON m.library_id = l.library_id AND m.id = l.message_id
         WHERE l.library_id = dsr.library() AND l.request_id = p_request AND l.state = 'approved' AND m.state IN ('queued', 'leased')
         ORDER BY m.id FOR UPDATE OF m
    LOOP
        UPDATE dsr.message SET state = 'cancelled', bytes = NULL, version = version + 1, incarnation = NULL, lease_until = NULL, last_problem = p_why
         WHERE library_id = dsr.library() AND id = one;
        PERFORM dsr.letter_follow(one);
    END LOOP;
END
$function$;

ALTER FUNCTION dsr.letters_withdraw(bigint, text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.letters_withdraw(bigint, text) FROM PUBLIC;
