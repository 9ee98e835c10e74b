-- SPDX-License-Identifier: GPL-3.0-or-later
-- What reading, mailing and keeping the audit log needs.
-- Frozen once released: a change is a new migration.

SET LOCAL ROLE dsrd_owner;

CREATE INDEX audit_act ON dsr.audit (library_id, act, seq);

-- What the dsrd of each host last ran with: a keyed mark for each setting and kind of file, never a value. A start or reload that finds
-- other marks is an entry of the audit log.
CREATE TABLE dsr.configuration (
    library_id integer NOT NULL REFERENCES dsr.library (id),
    host       dsr.line NOT NULL,
    marks      jsonb NOT NULL CHECK (jsonb_typeof(marks) = 'object'),
    noted_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (library_id, host)
);
ALTER TABLE dsr.configuration ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.configuration USING (library_id = dsr.library());

-- On which day an officer last had the log's head by mail, and which entry that was.
CREATE TABLE dsr.audit_mailed (
    library_id integer NOT NULL,
    account_id uuid NOT NULL,
    day        date NOT NULL,
    seq        bigint NOT NULL,
    PRIMARY KEY (library_id, account_id),
    FOREIGN KEY (library_id, account_id) REFERENCES dsr.account (library_id, id) ON DELETE CASCADE
);
ALTER TABLE dsr.audit_mailed ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.audit_mailed USING (library_id = dsr.library());

-- Not null: the mail carries the log's head, and counts the entries after this one.
ALTER TABLE dsr.message ADD COLUMN audit_after bigint;

RESET ROLE;
