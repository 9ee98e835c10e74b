-- SPDX-License-Identifier: GPL-3.0-or-later
-- A look at the clocks {now: of the dsrd that asks, elapsed_s: since it last asked, by no clock, jump_days, wait_hours}: dsr.time_state() with the
-- doubt of both. The time is in doubt (`ahead`, `back`) after a jump of more than an hour between two looks; of more than jump_days from the latest
-- moment found right, where nobody looked meanwhile; and behind that moment. It is right again when the clock is back where it would
-- be without the jump, when an operator says so (dsr.time_confirm), or when it has gone on evenly for wait_hours (0: never by itself), counted by
-- looks of at most a minute, so that no jump counts. What a clock that went back has left is seen to at once (dsr.time_repair), and
-- for ten minutes again, since what was under way then may leave more.
CREATE OR REPLACE FUNCTION api.time_look(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    tolerance CONSTANT interval := '1 hour';
    g dsr.time_guard;
    here timestamptz;
    moved interval; -- since the last look, whoever looked
    back interval;  -- behind the latest moment at which something was done
    leapt boolean;
    settled boolean := false;
BEGIN
    SELECT * INTO g FROM dsr.time_guard FOR UPDATE;
    here := clock_timestamp();
    moved := here - g.looked_at;
    back := greatest(g.looked_at, g.acted_at) - here;
    g.jump_days := coalesce((p ->> 'jump_days')::int, g.jump_days);
    leapt := moved < -tolerance OR moved > tolerance + coalesce(make_interval(secs => (p ->> 'elapsed_s')::int), make_interval(days => g.jump_days));
    IF g.doubt IS NULL THEN
        g.doubt := CASE WHEN here < g.right_at - tolerance THEN 'back'
                        WHEN here > g.right_at + make_interval(days => g.jump_days) OR leapt THEN 'ahead' END;
        g.stood := '0';
    ELSIF here >= g.right_at - tolerance
          AND here <= g.right_at + (CASE WHEN leapt THEN make_interval(days => g.jump_days) ELSE g.stood + tolerance END) THEN
        settled := true;
    ELSIF leapt THEN
        g.doubt := CASE WHEN here < g.right_at THEN 'back' ELSE 'ahead' END;
        g.stood := '0';
    ELSE
        g.stood := g.stood + greatest(least(moved, interval '1 minute'), '0');
        settled := (p ->> 'wait_hours')::int > 0 AND g.stood >= make_interval(hours => (p ->> 'wait_hours')::int);
    END IF;
    IF settled THEN
        g.doubt := NULL;
        g.stood := '0';
        g.right_at := here;
    ELSIF g.doubt IS NULL THEN
        g.right_at := greatest(g.right_at, here);
    END IF;
    IF back > interval '2 seconds' THEN
        g.went_back_at := here;
    ELSIF here NOT BETWEEN g.went_back_at AND g.went_back_at + interval '10 minutes' THEN
        g.went_back_at := NULL;
    END IF;
    UPDATE dsr.time_guard SET right_at = g.right_at, looked_at = here, acted_at = here, went_back_at = g.went_back_at, doubt = g.doubt, stood = g.stood,
           jump_days = g.jump_days;
    IF g.went_back_at IS NOT NULL OR settled THEN
        PERFORM dsr.time_repair(greatest(back, '0'), g.doubt IS NULL);
    END IF;
    RETURN dsr.time_state()::jsonb || jsonb_build_object('doubt', dsr.time_doubt((p ->> 'now')::bigint));
END
$function$;

ALTER FUNCTION api.time_look(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.time_look(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.time_look(jsonb) TO dsrd_api;
