-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether an event is something that the vendor wrote.
CREATE OR REPLACE FUNCTION dsr.event_is_reply(p_event text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $function$
SELECT p_event IN ('acknowledged', 'identity_requested', 'authenticated', 'fee_requested', 'clarification_requested', 'extension_notice',
                   'answered', 'refused', 'referred', 'appeal_answered', 'complaint_answered')
$function$;

ALTER FUNCTION dsr.event_is_reply(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.event_is_reply(text) FROM PUBLIC;
