-- SPDX-License-Identifier: GPL-3.0-or-later
-- The data subject the caller is, if that is known.
CREATE OR REPLACE FUNCTION dsr.my_subject() RETURNS uuid
    LANGUAGE sql STABLE
AS $function$
SELECT subject_id FROM dsr.account WHERE library_id = dsr.library() AND id = dsr.me()
$function$;

ALTER FUNCTION dsr.my_subject() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.my_subject() FROM PUBLIC;
