-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether this is a reminder that somebody asked for, for a day that the plan still has: it stays as it is, and waits for a working day if need be.
CREATE OR REPLACE FUNCTION dsr.reminder_is_wished(d dsr.reminder, p_plan jsonb) RETURNS boolean
    LANGUAGE sql STABLE
AS $function$
SELECT d.kind = 'wanted' AND EXISTS (SELECT FROM jsonb_array_elements(p_plan) AS w (item)
                                      WHERE w.item ->> 'kind' = d.kind AND w.item ->> 'clock' = d.clock AND (w.item ->> 'on')::date = d.on_date)
$function$;

ALTER FUNCTION dsr.reminder_is_wished(dsr.reminder, jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.reminder_is_wished(dsr.reminder, jsonb) FROM PUBLIC;
