-- SPDX-License-Identifier: GPL-3.0-or-later
-- The subject of that alias, for whom staff see to its own rights: one that cannot come in itself. DS404; DS409 when it has an account that
-- is open, with what to type there.
CREATE OR REPLACE FUNCTION dsr.subject_without_account(p_alias text, p_command text) RETURNS dsr.subject
    LANGUAGE plpgsql
AS $function$
DECLARE
    s dsr.subject := dsr.subject_of_alias(p_alias);
BEGIN
    IF EXISTS (SELECT FROM dsr.account WHERE library_id = s.library_id AND subject_id = s.id AND NOT disabled) THEN
        PERFORM dsr.raise_error('409', 'alias', format('%s has an account here, and does it there: `%s`.', s.alias, p_command));
    END IF;
    RETURN s;
END
$function$;

ALTER FUNCTION dsr.subject_without_account(text, text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.subject_without_account(text, text) FROM PUBLIC;
