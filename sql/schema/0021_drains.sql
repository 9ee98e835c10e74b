-- SPDX-License-Identifier: GPL-3.0-or-later
-- In which order waiting mail goes, how fast, and by what it is seen that reminders and mail stand still.
-- Frozen once released: a change is a new migration.

SET LOCAL ROLE dsrd_owner;

-- `pressing`: the oldest deadline that the mail tells of; a digest or a letter counts as its day, a test goes first. `deaths`: how often a mailer stopped
-- while it held the mail and had begun none of what it held: one of these mails may be what it dies of.
ALTER TABLE dsr.message ADD COLUMN pressing date NOT NULL DEFAULT current_date, ADD COLUMN deaths integer NOT NULL DEFAULT 0 CHECK (deaths >= 0);
DROP INDEX dsr.message_waiting;
CREATE INDEX message_waiting ON dsr.message (library_id, deaths, pressing, next_at) WHERE state IN ('queued', 'in_doubt');

-- When the scheduler of a library last looked for what falls due, and how often it means to.
CREATE TABLE dsr.look (
    library_id integer NOT NULL PRIMARY KEY REFERENCES dsr.library (id),
    looked_at  timestamptz NOT NULL,
    every      interval NOT NULL
);
ALTER TABLE dsr.look ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.look USING (library_id = dsr.library());

-- The mailers, which serve all libraries: when each was last heard of, and when the relay last took a mail of it. `alone`: the next mail it takes is
-- one that a mailer may have died of.
CREATE TABLE dsr.mailer (
    incarnation uuid NOT NULL PRIMARY KEY,
    seen_at     timestamptz NOT NULL,
    sent_at     timestamptz,
    alone       boolean NOT NULL DEFAULT false
);

-- One row: from when on the next mail may be taken, where their rate is limited, and the least pause between two.
CREATE TABLE dsr.mail_pace (
    one     boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (one),
    next_at timestamptz NOT NULL DEFAULT '-infinity',
    pause   interval NOT NULL DEFAULT '0'
);
INSERT INTO dsr.mail_pace DEFAULT VALUES;

-- The new one is told more; an older dsrd goes on calling it without.
DROP FUNCTION IF EXISTS api.mail_lease(integer, uuid, integer, integer, integer);
DROP FUNCTION IF EXISTS dsr.mail_lease_here(uuid, integer, integer, integer);
DROP FUNCTION IF EXISTS dsr.leases_recover(integer);
DROP FUNCTION IF EXISTS dsr.mail_counts();

RESET ROLE;
