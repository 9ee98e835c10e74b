-- SPDX-License-Identifier: GPL-3.0-or-later
-- Writes down a demand {id, received_on, kind, from_sealed, asked_sealed, due_on, hold, idempotency} and numbers it. DS404, DS422
-- when the hold is none in force. For officers.
CREATE OR REPLACE FUNCTION api.demand_add(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    d dsr.demand;
    held_by uuid;
    replay json := dsr.idempotency_known(p -> 'idempotency');
BEGIN
    IF replay IS NOT NULL THEN
        RETURN dsr.demand_json(dsr.demand_find(replay #>> '{replay,ref}'));
    END IF;
    IF (p ->> 'received_on')::date > dsr.today() THEN
        PERFORM dsr.raise_error('422', 'received_on',
            format('received_on is %s, which is not over yet; today is %s.', p ->> 'received_on', dsr.today()));
    END IF;
    held_by := dsr.hold_for_demand(p ->> 'hold');
    PERFORM pg_advisory_xact_lock(hashtextextended('dsr.demand', dsr.library()));
    INSERT INTO dsr.demand (library_id, n, id, received_on, kind, from_whom, asked, due_on, hold, hold_id,
                            created_by)
    VALUES (dsr.library(), (SELECT coalesce(max(n), 0) + 1 FROM dsr.demand WHERE library_id = dsr.library()), (p ->> 'id')::uuid,
            coalesce((p ->> 'received_on')::date, dsr.today()), p ->> 'kind', decode(p ->> 'from_sealed', 'base64'),
            decode(p ->> 'asked_sealed', 'base64'), (p ->> 'due_on')::date, held_by::text, held_by, dsr.me())
    RETURNING * INTO d;
    replay := dsr.idempotency_claim(p -> 'idempotency', 'D-' || d.n, 201);
    PERFORM dsr.audit_add('demand_add', 'D-' || d.n, jsonb_strip_nulls(jsonb_build_object('kind', d.kind, 'hold', d.hold_id)));
    RETURN dsr.demand_json(d);
END
$function$;

ALTER FUNCTION api.demand_add(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.demand_add(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.demand_add(jsonb) TO dsrd_api;
