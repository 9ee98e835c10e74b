-- SPDX-License-Identifier: GPL-3.0-or-later
-- Reminders, the messages that carry them, and every try to send one.
-- Frozen once released: a change is a new migration.

SET LOCAL ROLE dsrd_owner;

-- A mail to one address. What it says is composed when it is first tried; until then an event may change or cancel it. `bytes` live
-- from the first try to the verdict; the hash and the relay's queue id stay.
CREATE TABLE dsr.message (
    library_id     integer NOT NULL REFERENCES dsr.library (id),
    id             uuid NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('reminder', 'test')),
    recipient_kind text NOT NULL CHECK (recipient_kind IN ('account', 'subject', 'address')),
    recipient_id   uuid,
    recipient      dsr.sealed,                 -- only of a test: an address that belongs to nobody
    address_hash   dsr.lookup NOT NULL,
    day            date NOT NULL,              -- in the library's zone
    digest         boolean NOT NULL DEFAULT false,
    state          text NOT NULL DEFAULT 'queued'
                       CHECK (state IN ('queued', 'leased', 'sending', 'sent', 'failed', 'in_doubt', 'cancelled')),
    version        integer NOT NULL DEFAULT 1, -- of what it will say
    created_at     timestamptz NOT NULL DEFAULT now(),
    next_at        timestamptz NOT NULL DEFAULT now(),
    lease_until    timestamptz,
    incarnation    uuid,                       -- of the mailer that holds the lease: its verdicts alone count
    message_id     text CHECK (char_length(message_id) <= 300),
    dated          timestamptz NOT NULL DEFAULT now(),
    bytes          dsr.sealed,
    sha256         bytea CHECK (octet_length(sha256) = 32),
    size           integer,
    queue_id       text CHECK (char_length(queue_id) <= 100),
    attempts       integer NOT NULL DEFAULT 0,
    last_code      integer,
    last_problem   text CHECK (char_length(last_problem) <= 300),
    PRIMARY KEY (library_id, id)
);
-- One mail per recipient address and day, however many reminders.
CREATE UNIQUE INDEX message_one_a_day ON dsr.message (library_id, address_hash, day)
    WHERE kind = 'reminder' AND state <> 'cancelled';
CREATE INDEX message_waiting ON dsr.message (library_id, next_at) WHERE state IN ('queued', 'in_doubt');
CREATE INDEX message_held ON dsr.message (library_id, lease_until) WHERE state IN ('leased', 'sending');
CREATE INDEX message_trouble ON dsr.message (library_id, recipient_id) WHERE state IN ('queued', 'failed', 'in_doubt');
CREATE INDEX message_newest ON dsr.message (library_id, created_at, id);
ALTER TABLE dsr.message ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.message USING (library_id = dsr.library());

-- A planned notice about one clock to one person. `gather_on` is `on_date`, or later when that day's mail had already gone.
CREATE TABLE dsr.reminder (
    library_id     integer NOT NULL,
    id             bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    request_id     bigint NOT NULL,
    clock          text NOT NULL CHECK (clock ~ '^[a-z0-9_-]{0,40}$'),
    kind           text NOT NULL CHECK (kind IN ('early', 'overdue', 'own', 'wanted')),
    on_date        date NOT NULL,
    gather_on      date NOT NULL,
    repeat_days    integer NOT NULL DEFAULT 0 CHECK (repeat_days BETWEEN 0 AND 366),
    recipient_kind text NOT NULL CHECK (recipient_kind IN ('filer', 'subject', 'manager')),
    recipient_id   uuid NOT NULL,
    state          text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'gathered', 'sent', 'cancelled')),
    message_id     uuid,
    PRIMARY KEY (library_id, id),
    UNIQUE (library_id, request_id, clock, kind, recipient_kind, recipient_id, on_date),
    FOREIGN KEY (library_id, request_id) REFERENCES dsr.request (library_id, id) ON DELETE CASCADE,
    FOREIGN KEY (library_id, message_id) REFERENCES dsr.message (library_id, id)
);
-- A scan costs what is due, not what exists.
CREATE INDEX reminder_due ON dsr.reminder (library_id, gather_on, id) WHERE state = 'planned';
CREATE INDEX reminder_message ON dsr.reminder (library_id, message_id) WHERE message_id IS NOT NULL;
ALTER TABLE dsr.reminder ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.reminder USING (library_id = dsr.library());

-- One try. Begun in the same transaction that stores the bytes, before the first byte goes to the relay; a try without an end, of a
-- mailer that is gone, is in doubt.
CREATE TABLE dsr.attempt (
    library_id  integer NOT NULL,
    id          uuid NOT NULL,
    message_id  uuid NOT NULL,
    n           integer NOT NULL,
    incarnation uuid NOT NULL,
    began_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at    timestamptz,
    verdict     text CHECK (verdict IN ('sent', 'retry', 'failed', 'in_doubt')),
    smtp_code   integer,
    curl_code   integer,
    uploaded    bigint,
    about_this  boolean NOT NULL DEFAULT false, -- the relay put off this very mail: such tries are counted, those of an outage are not
    reply       dsr.sealed,
    PRIMARY KEY (library_id, id),
    UNIQUE (library_id, message_id, n),
    FOREIGN KEY (library_id, message_id) REFERENCES dsr.message (library_id, id) ON DELETE CASCADE
);
ALTER TABLE dsr.attempt ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.attempt USING (library_id = dsr.library());

-- Which manager has had the digest of which week (its Monday).
CREATE TABLE dsr.digest (
    library_id integer NOT NULL,
    account_id uuid NOT NULL,
    week       date NOT NULL,
    PRIMARY KEY (library_id, account_id, week),
    FOREIGN KEY (library_id, account_id) REFERENCES dsr.account (library_id, id) ON DELETE CASCADE
);
ALTER TABLE dsr.digest ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.digest USING (library_id = dsr.library());

RESET ROLE;
