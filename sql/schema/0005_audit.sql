-- SPDX-License-Identifier: GPL-3.0-or-later
-- The audit log: who looked at, changed or was refused what. One chain of hashes per library; library 0 is the system's own, for what belongs to no
-- library (unknown callers). It holds ids and never names.
-- Frozen once released: a change is a new migration.

SET LOCAL ROLE dsrd_owner;

CREATE TABLE dsr.audit (
    library_id integer NOT NULL CHECK (library_id >= 0),
    seq        bigint NOT NULL CHECK (seq > 0),
    at         timestamptz NOT NULL,       -- taken under the lock of the head, so that it never runs backwards within one server
    account_id uuid,                       -- null: dsrd itself, or a caller without an account
    act        dsr.word NOT NULL,
    target     text CHECK (char_length(target) BETWEEN 1 AND 200 AND target !~ '[[:cntrl:]]'),
    detail     jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(detail) = 'object' AND pg_column_size(detail) <= 8192),
    prev       bytea NOT NULL CHECK (octet_length(prev) = 32),
    hash       bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (library_id, seq),
    UNIQUE (library_id, prev)              -- no fork, whatever the functions do
);
ALTER TABLE dsr.audit ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.audit USING (library_id = dsr.library());

-- The newest entry of each chain: its row is the lock under which the next one is written.
CREATE TABLE dsr.audit_head (
    library_id integer PRIMARY KEY CHECK (library_id >= 0),
    seq        bigint NOT NULL,
    hash       bytea NOT NULL CHECK (octet_length(hash) = 32)
);
ALTER TABLE dsr.audit_head ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.audit_head USING (library_id = dsr.library());

-- What is left of entries whose time is over: the chain goes on from here.
CREATE TABLE dsr.audit_checkpoint (
    library_id integer NOT NULL CHECK (library_id >= 0),
    seq        bigint NOT NULL,            -- the last entry that was taken away
    hash       bytea NOT NULL CHECK (octet_length(hash) = 32),
    taken_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (library_id, seq)
);
ALTER TABLE dsr.audit_checkpoint ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.audit_checkpoint USING (library_id = dsr.library());

-- An entry is never changed; only the purge of old ones, which sets dsr.audit_purge for its transaction, takes entries away.
CREATE FUNCTION dsr.audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('dsr.audit_purge', true) = 'yes' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'The audit log is only added to.' USING ERRCODE = 'DS403';
END
$function$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON dsr.audit FOR EACH ROW EXECUTE FUNCTION dsr.audit_is_append_only();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON dsr.audit FOR EACH STATEMENT EXECUTE FUNCTION dsr.audit_is_append_only();

RESET ROLE;
