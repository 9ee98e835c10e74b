-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether the person's own time, such as that to complain, is of any use: not where the request was given up, stands under another reference, or got
-- all that it asked for.
CREATE OR REPLACE FUNCTION dsr.own_time_matters(r dsr.request) RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $function$
SELECT coalesce(NOT dsr.given_up(r.outcome) AND r.outcome <> 'fulfilled', true)
$function$;

ALTER FUNCTION dsr.own_time_matters(dsr.request) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.own_time_matters(dsr.request) FROM PUBLIC;
