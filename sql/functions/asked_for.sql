-- SPDX-License-Identifier: GPL-3.0-or-later
-- The event that records that the person gave what the vendor has asked for last, or null when it waits for nothing: who has decided, or is
-- appealed to, waits for that no more.
CREATE OR REPLACE FUNCTION dsr.asked_for(r dsr.request) RETURNS text
    LANGUAGE sql STABLE
AS $function$
SELECT gives FROM (VALUES ('identity_requested', 'identity_provided', 'authenticated'),
                          -- Where the law gives time to think a fee over, to agree to it is what counts.
                          ('fee_requested', CASE WHEN EXISTS (SELECT FROM dsr.clock WHERE library_id = r.library_id AND request_id = r.id
                                                                 AND clock = 'confirm_fee')
                                                 THEN 'fee_confirmed' ELSE 'fee_paid' END, NULL),
                          ('clarification_requested', 'clarification_provided', NULL)) AS kinds (asks, gives, settles)
 CROSS JOIN LATERAL (SELECT max(n) FILTER (WHERE event = asks) AS asked, max(n) FILTER (WHERE event IN (gives, settles, 'answered', 'refused', 'referred', 'deemed_refused', 'appeal_sent', 'appeal_received')) AS given
                       FROM dsr.event WHERE library_id = r.library_id AND request_id = r.id AND voided_at IS NULL) seen
 WHERE r.state = 'open' AND asked > coalesce(given, 0)
 ORDER BY asked DESC LIMIT 1
$function$;

ALTER FUNCTION dsr.asked_for(dsr.request) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.asked_for(dsr.request) FROM PUBLIC;
