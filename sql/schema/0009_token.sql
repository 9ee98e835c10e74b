-- SPDX-License-Identifier: GPL-3.0-or-later
-- Tokens: what lets in over TCP who has no user on this machine. Of the token itself only a keyed hash is kept.
-- Frozen once released: a change is a new migration.

SET LOCAL ROLE dsrd_owner;

CREATE TABLE dsr.token (
    library_id integer NOT NULL REFERENCES dsr.library (id),
    id         text NOT NULL CHECK (id ~ '^[a-z2-9]{10}$'), -- stands in the token; says nothing
    account_id uuid NOT NULL,
    hash       dsr.lookup NOT NULL,
    scope      text NOT NULL CHECK (scope IN ('read', 'write')),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    last_used  date,                                        -- the day, no finer
    PRIMARY KEY (library_id, id),
    UNIQUE (library_id, hash),
    FOREIGN KEY (library_id, account_id) REFERENCES dsr.account (library_id, id) ON DELETE CASCADE,
    CHECK (expires_at > created_at AND expires_at <= created_at + interval '8784 hours') -- 366 days
);
CREATE INDEX token_account ON dsr.token (library_id, account_id);
ALTER TABLE dsr.token ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.token USING (library_id = dsr.library());

RESET ROLE;
