-- SPDX-License-Identifier: GPL-3.0-or-later
-- THE rule of retention: the last day on which a request is kept; the purge of the next day takes it. The days of its class count from the
-- later of its closing and the end of the person's own time, such as that of an appeal or a complaint; those of a draft from the last time
-- somebody touched it. Null while it is open or held.
CREATE OR REPLACE FUNCTION dsr.kept_until(r dsr.request) RETURNS date
    LANGUAGE sql STABLE
AS $function$
SELECT CASE WHEN r.state = 'open' OR dsr.is_held(r) THEN NULL
            ELSE dsr.retention_days(dsr.retention_class(r)) + CASE r.state
                WHEN 'closed' THEN greatest(r.closed_on, (SELECT max(coalesce(latest, due)) FROM dsr.clock
                                                           WHERE library_id = r.library_id AND request_id = r.id
                                                             AND party = 'requester' AND state <> 'void'))
                ELSE (SELECT (greatest(r.created_at, max(e.at)) AT TIME ZONE l.zone)::date
                        FROM dsr.library l LEFT JOIN dsr.event e ON e.library_id = l.id AND e.request_id = r.id
                       WHERE l.id = r.library_id GROUP BY l.zone) END
            END
$function$;

ALTER FUNCTION dsr.kept_until(dsr.request) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.kept_until(dsr.request) FROM PUBLIC;
