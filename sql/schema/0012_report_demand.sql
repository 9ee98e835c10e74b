-- SPDX-License-Identifier: GPL-3.0-or-later
-- The published tables of closed quarters, and the log of demands.
-- Frozen once released: a change is a new migration.

SET LOCAL ROLE dsrd_owner;

-- Made once, when a quarter is closed, and never again: two versions of one table would tell by their difference.
CREATE TABLE dsr.report_snapshot (
    library_id integer NOT NULL REFERENCES dsr.library (id),
    quarter    date NOT NULL CHECK (quarter = date_trunc('quarter', quarter)), -- its first day
    least      integer NOT NULL CHECK (least > 1), -- reports.k at that time
    tables     json NOT NULL CHECK (json_typeof(tables -> 'vendors') = 'array' AND json_typeof(tables -> 'rights') = 'array'),
    PRIMARY KEY (library_id, quarter)
);
ALTER TABLE dsr.report_snapshot ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.report_snapshot USING (library_id = dsr.library());

-- What somebody wanted the library to hand over, and what became of it. Never deleted.
CREATE TABLE dsr.demand (
    library_id  integer NOT NULL REFERENCES dsr.library (id),
    n           integer NOT NULL CHECK (n > 0),  -- D-1, D-2 ... of the library
    id          uuid NOT NULL,                   -- made by dsrd: part of the seals
    received_on date NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('subpoena', 'court_order', 'search_warrant', 'national_security_letter', 'agency_request',
                    'police_request', 'civil_discovery', 'other')),
    from_whom   dsr.sealed NOT NULL,
    asked       dsr.sealed NOT NULL,
    due_on      date,
    hold        text CHECK (char_length(hold) BETWEEN 1 AND 60 AND hold !~ '[[:cntrl:]]'), -- the hold it led to, if any
    answer      text CHECK (answer IN ('nothing_held', 'refused', 'objected', 'produced_all', 'produced_part', 'withdrawn')),
    answer_note dsr.sealed,
    answered_on date,
    created_by  uuid NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    closed_by   uuid,
    PRIMARY KEY (library_id, n),
    UNIQUE (library_id, id),
    FOREIGN KEY (library_id, created_by) REFERENCES dsr.account (library_id, id),
    CHECK ((answer IS NULL) = (answered_on IS NULL) AND (answer IS NULL) = (closed_by IS NULL)
           AND (answer IS NOT NULL OR answer_note IS NULL)),
    CHECK (answered_on >= received_on)
);
ALTER TABLE dsr.demand ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.demand USING (library_id = dsr.library());

RESET ROLE;
