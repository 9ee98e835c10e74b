-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether what was recorded because of a mail stands: undone, the mail may be confirmed again, or be about another request.
CREATE OR REPLACE FUNCTION dsr.reply_stands(p dsr.reply) RETURNS boolean
    LANGUAGE sql STABLE
AS $function$
SELECT p.state = 'confirmed' AND EXISTS (SELECT FROM dsr.event e
    WHERE e.library_id = p.library_id AND e.request_id = p.request_id AND e.id = p.event_id AND e.voided_at IS NULL)
$function$;

ALTER FUNCTION dsr.reply_stands(dsr.reply) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.reply_stands(dsr.reply) FROM PUBLIC;
