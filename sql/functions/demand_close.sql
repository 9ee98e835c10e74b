-- SPDX-License-Identifier: GPL-3.0-or-later
-- Writes down what a demand was answered {demand, answer, answered_on, note_sealed, hold: the one it led to}. For
-- officers. DS409 when it was answered already, DS404 and DS422 when the hold is none in force.
CREATE OR REPLACE FUNCTION api.demand_close(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    d dsr.demand := dsr.demand_find(p ->> 'demand');
    held_by uuid;
    day date := coalesce((p ->> 'answered_on')::date, dsr.today());
BEGIN
    IF day < d.received_on OR day > dsr.today() THEN
        PERFORM dsr.raise_error('422', 'answered_on',
            format('answered_on is %s; it must be from %s, when the demand came, to today, %s.', day, d.received_on, dsr.today()));
    END IF;
    IF d.answer IS NOT NULL THEN
        PERFORM dsr.raise_error('409', 'demand', format('D-%s was answered on %s: %s.', d.n, d.answered_on, replace(d.answer, '_', ' ')));
    END IF;
    held_by := dsr.hold_for_demand(p ->> 'hold');
    UPDATE dsr.demand SET hold = coalesce(held_by::text, hold), hold_id = coalesce(held_by, hold_id),
           answer = p ->> 'answer', answered_on = day, answer_note = decode(p ->> 'note_sealed', 'base64'), closed_by = dsr.me()
     WHERE library_id = dsr.library() AND n = d.n AND answer IS NULL RETURNING * INTO d;
    IF NOT FOUND THEN
        PERFORM dsr.raise_error('409', 'demand', 'Another officer has just written down an answer; `dsr demand show` shows it.');
    END IF;
    PERFORM dsr.audit_add('demand_close', 'D-' || d.n, jsonb_strip_nulls(jsonb_build_object('answer', d.answer, 'hold', held_by)));
    RETURN dsr.demand_json(d);
END
$function$;

ALTER FUNCTION api.demand_close(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.demand_close(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.demand_close(jsonb) TO dsrd_api;
