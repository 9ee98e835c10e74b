-- SPDX-License-Identifier: GPL-3.0-or-later
-- The four roles of dsrd, for the whole cluster. Run before the migrations, by a superuser or by a role that may create
-- roles; may be run again at any time.
--   dsrd_owner   owns the schemas dsr and api and all in them; nobody logs in as it
--   dsrd_api     the api role: may call the functions of schema api and touch nothing else
--   dsrd_mailer  the mailers: may call the mail_* functions of the outbox and touch nothing else
--   dsrd_inbox   the reader of answers: may call the inbox_mark and inbox_store functions and touch nothing else

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['dsrd_owner', 'dsrd_api', 'dsrd_mailer', 'dsrd_inbox'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION %s', wanted,
                           CASE wanted WHEN 'dsrd_owner' THEN 'NOLOGIN' ELSE 'LOGIN' END);
        END IF;
        -- A role that was there before may have been made with more rights than it should have: say so, do not use it.
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = wanted AND (rolsuper OR rolbypassrls)) THEN
            RAISE EXCEPTION 'The role % must be neither superuser nor BYPASSRLS: row level security would not hold for it.', wanted;
        END IF;
    END LOOP;
    -- Who migrates without being superuser must be able to give objects to dsrd_owner.
    IF NOT pg_has_role(current_user, 'dsrd_owner', 'MEMBER') THEN
        EXECUTE format('GRANT dsrd_owner TO %I', current_user);
    END IF;
    -- Not even a temporary table is theirs.
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END
$$;

-- Compiling a query costs more than any of ours takes.
ALTER ROLE dsrd_api SET jit = off;
ALTER ROLE dsrd_mailer SET jit = off;
ALTER ROLE dsrd_inbox SET jit = off;
