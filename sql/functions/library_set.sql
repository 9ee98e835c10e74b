-- SPDX-License-Identifier: GPL-3.0-or-later
-- Changes the name, zone or contact {id, name, zone, contact} of a library; what is null stays. A contact of '' is that of dsrd.conf again.
-- Called by `dsrd library set` over the administrator's connection. DS404; 22023 for an unknown zone.
CREATE OR REPLACE FUNCTION dsr.library_set(p jsonb) RETURNS integer
    LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM set_config('dsr.library', p ->> 'id', true), now() AT TIME ZONE coalesce(p ->> 'zone', 'Etc/UTC');
    UPDATE dsr.library SET name = coalesce(p ->> 'name', name), zone = coalesce(p ->> 'zone', zone),
           contact = CASE WHEN p ->> 'contact' IS NULL THEN contact ELSE nullif(p ->> 'contact', '') END
     WHERE id = (p ->> 'id')::int;
    IF NOT FOUND THEN
        PERFORM dsr.raise_error('404', 'library', format('There is no library %s; `dsrd library` shows those there are.', p ->> 'id'));
    END IF;
    PERFORM dsr.audit_add('library', p ->> 'id');
    NOTIFY dsr, 'library';
    RETURN (p ->> 'id')::int;
END
$function$;

ALTER FUNCTION dsr.library_set(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.library_set(jsonb) FROM PUBLIC;
