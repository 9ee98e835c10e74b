-- SPDX-License-Identifier: GPL-3.0-or-later
-- Refuses a write {catalogue} worked out by laws other than those in force: by a daemon whose files are older or newer.
CREATE OR REPLACE FUNCTION dsr.catalogue_check(p jsonb) RETURNS void
    LANGUAGE plpgsql STABLE
AS $function$
BEGIN
    IF NOT EXISTS (SELECT FROM dsr.catalogue WHERE hash = p ->> 'catalogue') THEN
        PERFORM dsr.raise_error('409', 'laws', 'The laws in this dsrd''s files are not those in force, so nothing is written. An operator '
                                'looks at the difference with `dsr law diff` and applies it with `dsr law apply`.');
    END IF;
END
$function$;

ALTER FUNCTION dsr.catalogue_check(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.catalogue_check(jsonb) FROM PUBLIC;
