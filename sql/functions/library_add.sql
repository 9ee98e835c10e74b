-- SPDX-License-Identifier: GPL-3.0-or-later
-- Makes another library {name, zone, contact, due_soon_days, account}, with its first account as dsr.account_put() takes it. Its number. Called
-- by `dsrd library add` over the administrator's connection. DS409 when one has that name.
CREATE OR REPLACE FUNCTION dsr.library_add(p jsonb) RETURNS integer
    LANGUAGE plpgsql
AS $function$
DECLARE
    number integer;
    same integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('dsr.library_add', 0)), set_config('dsr.libraries', 'listed', true);
    SELECT coalesce(max(id), 0) + 1, max(id) FILTER (WHERE lower(name) = lower(p ->> 'name')) INTO number, same FROM dsr.library;
    PERFORM set_config('dsr.libraries', '', true);
    IF same IS NOT NULL THEN
        PERFORM dsr.raise_error('409', 'name', format('Library %s has that name already.', same));
    END IF;
    PERFORM dsr.library_put(number, p ->> 'name', p ->> 'zone', (p ->> 'due_soon_days')::int, p ->> 'contact');
    PERFORM dsr.audit_add('library', number::text);
    PERFORM dsr.account_put(number, p -> 'account');
    RETURN number;
END
$function$;

ALTER FUNCTION dsr.library_add(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.library_add(jsonb) FROM PUBLIC;
