-- SPDX-License-Identifier: GPL-3.0-or-later
-- THE rule of retention: the last day on which a request is kept; the purge of the next day takes it. The days of its class count from the
-- later of its closing and the end of the person's own time, such as that of an appeal or a complaint; those of a draft from the last time
-- somebody touched it. Of what was given up, or stands under another reference, the person has no time left to use. Null while it is open or held, or waits for the answer to another one. In PL/pgSQL, which keeps the plans for the session: a purge asks it of many.
CREATE OR REPLACE FUNCTION dsr.kept_until(r dsr.request) RETURNS date
    LANGUAGE plpgsql STABLE COST 10000 -- asked last
AS $function$
DECLARE
    counts_from date;
BEGIN
    IF r.state = 'open' OR dsr.is_held(r) THEN
        RETURN NULL;
    ELSIF r.state = 'closed' THEN
        SELECT greatest(r.closed_on, max(coalesce(latest, due))) INTO counts_from FROM dsr.clock
         WHERE library_id = r.library_id AND request_id = r.id AND party = 'requester' AND state <> 'void'
           AND NOT dsr.given_up(r.outcome);
    ELSE
        counts_from := dsr.draft_counts_from(r);
    END IF;
    RETURN counts_from + (SELECT days FROM dsr.retention WHERE library_id = r.library_id AND class = dsr.retention_class(r));
END
$function$;

ALTER FUNCTION dsr.kept_until(dsr.request) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.kept_until(dsr.request) FROM PUBLIC;
