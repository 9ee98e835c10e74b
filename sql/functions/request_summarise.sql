-- SPDX-License-Identifier: GPL-3.0-or-later
-- Writes the summary columns from the clocks and events. The deciding clock is the running one of the vendor, acknowledgements
-- and what nobody is late by (clock_is_shown_only() of law/words.c) apart, whose `latest` comes first; breach begins the day after it, in the controller's zone.
CREATE OR REPLACE FUNCTION dsr.request_summarise(p_request bigint) RETURNS dsr.request
    LANGUAGE plpgsql
AS $function$
DECLARE
    changed dsr.request;
    decides dsr.clock;
    acknowledges dsr.clock;
    own dsr.clock;
    happened record;
BEGIN
    SELECT * INTO decides FROM dsr.clock
     WHERE library_id = dsr.library() AND request_id = p_request AND party = 'vendor' AND state = 'running'
       AND clock NOT IN ('ack', 'complaint_ack', 'transfer', 'respond_simple', 'suit_wait') ORDER BY latest, n LIMIT 1;
    SELECT * INTO acknowledges FROM dsr.clock
     WHERE library_id = dsr.library() AND request_id = p_request AND clock IN ('ack', 'complaint_ack') AND state = 'running' LIMIT 1;
    SELECT * INTO own FROM dsr.clock
     WHERE library_id = dsr.library() AND request_id = p_request AND party = 'requester' AND state = 'running' ORDER BY due LIMIT 1;
    -- A complaint is only acknowledged by law; then that clock decides.
    IF decides.clock IS NULL AND acknowledges.clock = 'complaint_ack' THEN
        decides := acknowledges;
    END IF;
    -- What the vendor said, and what contests it: an appeal, or the request opened again. A complaint is answered as such.
    SELECT max(n) FILTER (WHERE event IN ('answered', 'refused', 'referred', 'appeal_answered')
                             OR (event = 'complaint_answered' AND "right" = 'complaint')) AS said,
           max(n) FILTER (WHERE event IN ('appeal_received', 'appeal_sent', 'reopened')) AS contested
      INTO happened
      FROM dsr.event e JOIN dsr.request q ON q.library_id = e.library_id AND q.id = e.request_id
     WHERE e.library_id = dsr.library() AND e.request_id = p_request AND e.voided_at IS NULL;
    UPDATE dsr.request r SET
        clock = decides.clock, due = decides.due, earliest = decides.earliest, latest = decides.latest,
        breach_at = (decides.latest + 1)::timestamp AT TIME ZONE r.zone,
        ack_due = acknowledges.due, ack_latest = acknowledges.latest,
        ack_breach_at = (acknowledges.latest + 1)::timestamp AT TIME ZONE r.zone,
        paused = EXISTS (SELECT FROM dsr.clock c WHERE c.library_id = r.library_id AND c.request_id = r.id AND c.state = 'paused'),
        -- While the answer to an appeal, complaint or grievance is to come, the first answer is not the last word.
        answered = coalesce(happened.said > coalesce(happened.contested, 0), false)
                   AND coalesce(decides.clock !~ '^(appeal|complaint_answer|grievance)', true),
        asked = dsr.asked_for(r) IS NOT NULL,
        assumed = coalesce(decides.assumed, false), legal = coalesce(decides.legal, false),
        unverified = coalesce(decides.legal AND decides.confidence <> 'sure', false),
        requester_clock = own.clock, requester_due = own.due, authority_ended = dsr.authority_ended(r)
     WHERE r.library_id = dsr.library() AND r.id = p_request
    RETURNING r.* INTO changed;
    RETURN changed;
END
$function$;

ALTER FUNCTION dsr.request_summarise(bigint) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.request_summarise(bigint) FROM PUBLIC;
