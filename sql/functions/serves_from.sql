-- SPDX-License-Identifier: GPL-3.0-or-later
-- The oldest dsrd, by its schema version, that this schema and these functions serve. It is raised with the migration, or the change of a
-- function, that one could not bear; README.md beside this folder says which.
CREATE OR REPLACE FUNCTION dsr.serves_from() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $function$ SELECT 19 $function$;

ALTER FUNCTION dsr.serves_from() OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.serves_from() FROM PUBLIC;
