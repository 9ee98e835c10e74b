-- SPDX-License-Identifier: GPL-3.0-or-later
-- Takes away what hangs on no request and whose time is over: mails, replies that nobody assigned, subjects, ended holds, at most p_limit of each.
CREATE OR REPLACE FUNCTION dsr.purge_rest(p_limit integer) RETURNS jsonb
    LANGUAGE plpgsql
AS $function$
DECLARE
    mails uuid[] := ARRAY(SELECT dsr.mails_over() LIMIT p_limit);
    holds uuid[] := ARRAY(SELECT dsr.holds_over() LIMIT p_limit);
    replies uuid[] := ARRAY(SELECT dsr.replies_over() LIMIT p_limit);
BEGIN
    DELETE FROM dsr.idempotency WHERE library_id = dsr.library() AND ref = ANY (mails::text[] || holds::text[]);
    DELETE FROM dsr.message WHERE library_id = dsr.library() AND id = ANY (mails);
    DELETE FROM dsr.reply WHERE library_id = dsr.library() AND id = ANY (replies);
    DELETE FROM dsr.hold WHERE library_id = dsr.library() AND id = ANY (holds);
    RETURN jsonb_build_object('mails', cardinality(mails) + cardinality(replies), 'holds', cardinality(holds),
                              'subjects', dsr.purge_subjects(ARRAY(SELECT dsr.subjects_over() LIMIT p_limit)));
END
$function$;

ALTER FUNCTION dsr.purge_rest(integer) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.purge_rest(integer) FROM PUBLIC;
