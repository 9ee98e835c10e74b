-- SPDX-License-Identifier: GPL-3.0-or-later
-- What is known of the database's clock: {doubt, right_at, now, stood_s}, moments in seconds of the epoch.
CREATE OR REPLACE FUNCTION dsr.time_state() RETURNS json
    LANGUAGE sql VOLATILE
AS $function$
SELECT json_build_object('doubt', dsr.time_doubt(NULL), 'right_at', extract(epoch FROM right_at)::bigint, 'now', extract(epoch FROM clock_timestamp())::bigint,
                         'stood_s', extract(epoch FROM stood)::bigint) FROM dsr.time_guard
$function$;

ALTER FUNCTION dsr.time_state() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.time_state() FROM PUBLIC;
