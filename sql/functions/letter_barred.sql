-- SPDX-License-Identifier: GPL-3.0-or-later
-- Why an approved letter may not go out any more, or null when it may: what authorised it has ended since, unless the person itself has
-- approved it; or the request is not what it was. An appeal may follow a request that was closed as refused or never answered, but nothing
-- follows one that was given up.
CREATE OR REPLACE FUNCTION dsr.letter_barred(l dsr.letter) RETURNS text
    LANGUAGE sql STABLE
AS $function$
SELECT CASE WHEN dsr.filed_for_another(l.approved_by, r.subject_id)
                 AND (dsr.authority_ended(r) IS NOT NULL OR dsr.authority_ended_since(r, l.approved_at)) THEN 'The patron''s authority has ended.'
            WHEN l.kind = 'request' AND r.state <> 'draft' THEN 'The request was recorded as sent, or given up, meanwhile.'
            WHEN r.state = 'closed' AND dsr.given_up(r.outcome) THEN 'The request was given up.'
            WHEN l.kind IN ('overdue', 'extension_challenge', 'identity') AND r.state = 'closed' THEN 'The request was closed meanwhile.'
            WHEN l.kind = 'overdue' AND NOT dsr.is_overdue(dsr.status_of(r, now(), 0)) THEN 'The vendor is not late any more.' END
  FROM dsr.request r WHERE r.library_id = l.library_id AND r.id = l.request_id
$function$;

ALTER FUNCTION dsr.letter_barred(dsr.letter) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.letter_barred(dsr.letter) FROM PUBLIC;
