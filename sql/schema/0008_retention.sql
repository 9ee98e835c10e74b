-- SPDX-License-Identifier: GPL-3.0-or-later
-- How long what is recorded is kept, what holds it longer, and what is left when it is gone.
-- Frozen once released: a change is a new migration.

SET LOCAL ROLE dsrd_owner;

-- For how many days each class of records is kept: an outcome, `draft`, or `other`. From dsrd.conf, written by dsrd when it starts or
-- reads it again. What has no row here is not purged.
CREATE TABLE dsr.retention (
    library_id integer NOT NULL REFERENCES dsr.library (id),
    class      dsr.word NOT NULL,
    days       integer NOT NULL CHECK (days BETWEEN 1 AND 36500),
    PRIMARY KEY (library_id, class)
);
ALTER TABLE dsr.retention ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.retention USING (library_id = dsr.library());

-- The day whose purge is finished: whichever dsrd looks next that day finds nothing to do.
CREATE TABLE dsr.purge_day (
    library_id integer PRIMARY KEY REFERENCES dsr.library (id),
    done_on    date NOT NULL
);
ALTER TABLE dsr.purge_day ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.purge_day USING (library_id = dsr.library());

-- A legal hold: what it covers is kept to the end of its last day, `until`, unless an officer releases it before. Its own time runs from
-- then.
CREATE TABLE dsr.hold (
    library_id  integer NOT NULL REFERENCES dsr.library (id),
    id          uuid NOT NULL,                         -- made by dsrd: part of the seal of `reason`
    author      uuid NOT NULL,
    reason      dsr.sealed NOT NULL,
    until       date NOT NULL,                         -- in the library's zone
    created_at  timestamptz NOT NULL DEFAULT now(),
    released_at timestamptz,
    released_by uuid,
    PRIMARY KEY (library_id, id),
    FOREIGN KEY (library_id, author) REFERENCES dsr.account (library_id, id),
    CHECK ((released_at IS NULL) = (released_by IS NULL))
);
ALTER TABLE dsr.hold ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.hold USING (library_id = dsr.library());

-- What a hold covers: a request, all about a subject, or all that was asked of a vendor.
CREATE TABLE dsr.hold_target (
    library_id integer NOT NULL,
    hold_id    uuid NOT NULL,
    request_id bigint,
    subject_id uuid,
    vendor     dsr.slug,
    UNIQUE NULLS NOT DISTINCT (library_id, hold_id, request_id, subject_id, vendor),
    FOREIGN KEY (library_id, hold_id) REFERENCES dsr.hold (library_id, id) ON DELETE CASCADE,
    FOREIGN KEY (library_id, request_id) REFERENCES dsr.request (library_id, id) ON DELETE CASCADE,
    FOREIGN KEY (library_id, subject_id) REFERENCES dsr.subject (library_id, id) ON DELETE CASCADE,
    FOREIGN KEY (library_id, vendor) REFERENCES dsr.vendor (library_id, slug),
    CHECK (num_nonnulls(request_id, subject_id, vendor) = 1)
);
CREATE INDEX hold_target_request ON dsr.hold_target (library_id, request_id) WHERE request_id IS NOT NULL;
CREATE INDEX hold_target_subject ON dsr.hold_target (library_id, subject_id) WHERE subject_id IS NOT NULL;
CREATE INDEX hold_target_vendor ON dsr.hold_target (library_id, vendor) WHERE vendor IS NOT NULL;
ALTER TABLE dsr.hold_target ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.hold_target USING (library_id = dsr.library());

-- What is left of a purged request: how the vendor answered, for its statistics. No reference, no person, no day: of dates the month only,
-- and ids that tell no order, for the day of the purge less the days of its rule would be the day of closing.
CREATE TABLE dsr.tombstone (
    library_id     integer NOT NULL,
    id             uuid NOT NULL DEFAULT gen_random_uuid(),
    vendor         dsr.slug NOT NULL,
    law            dsr.slug NOT NULL,
    "right"        dsr.word NOT NULL,
    outcome        dsr.word,                           -- null: a draft, never sent
    sent_month     date CHECK (extract(day FROM sent_month) = 1),
    to_acknowledge integer,                            -- days, as dsr.request_facts counts them
    to_be_acknowledged boolean NOT NULL,
    to_answer      integer,
    denied         boolean NOT NULL,
    extended       boolean NOT NULL,
    class          dsr.word NOT NULL,                  -- the rule: this class is kept so many days
    days           integer NOT NULL,
    purged_month   date NOT NULL CHECK (extract(day FROM purged_month) = 1),
    PRIMARY KEY (library_id, id),
    FOREIGN KEY (library_id, vendor) REFERENCES dsr.vendor (library_id, slug)
);
CREATE INDEX tombstone_sent ON dsr.tombstone (library_id, sent_month);
CREATE INDEX tombstone_vendor ON dsr.tombstone (library_id, vendor, sent_month, law, "right");
ALTER TABLE dsr.tombstone ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.tombstone USING (library_id = dsr.library());

-- What a purge looks for: requests long closed, drafts, keys by what they made, a subject's mails, mails long done.
CREATE INDEX request_closed ON dsr.request (library_id, closed_on) WHERE state = 'closed';
CREATE INDEX request_draft ON dsr.request (library_id, created_at) WHERE state = 'draft';
CREATE INDEX idempotency_ref ON dsr.idempotency (library_id, ref);
CREATE INDEX message_subject ON dsr.message (library_id, recipient_id) WHERE recipient_kind = 'subject';
CREATE INDEX message_done ON dsr.message (library_id, day) WHERE state IN ('sent', 'failed', 'cancelled');

RESET ROLE;
