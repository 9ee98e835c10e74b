-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a day brings the audit log {keep_days, limit, now: of the dsrd that asks}: entries older than that are taken away, in the library's chain and the system's,
-- and the heads are given out: {taken, more, heads}. Called by dsrd at the library's midnight. Less than 30 days are refused whatever
-- was asked, and none is taken while the time is in doubt (dsr.time_doubt).
CREATE OR REPLACE FUNCTION api.audit_day(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    here text := dsr.library()::text;
    before timestamptz := now() - make_interval(days => greatest((p ->> 'keep_days')::int, 30));
    taken integer[];
BEGIN
    IF dsr.time_doubt((p ->> 'now')::bigint) IS NOT NULL THEN
        RETURN json_build_object('taken', 0, 'more', false, 'heads', dsr.audit_heads());
    END IF;
    taken[1] := dsr.audit_cut(before, (p ->> 'limit')::int);
    PERFORM set_config('dsr.library', '0', true);
    taken[2] := dsr.audit_cut(before, (p ->> 'limit')::int);
    PERFORM set_config('dsr.library', here, true);
    RETURN json_build_object('taken', taken[1] + taken[2], 'more', greatest(taken[1], taken[2]) = (p ->> 'limit')::int,
                             'heads', dsr.audit_heads());
END
$function$;

ALTER FUNCTION api.audit_day(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.audit_day(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.audit_day(jsonb) TO dsrd_api;
