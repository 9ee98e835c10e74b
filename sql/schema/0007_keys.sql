-- SPDX-License-Identifier: GPL-3.0-or-later
-- The keys of the ring that have sealed, or will seal, what is in this database: when each was in use and when it was destroyed. No key
-- is here.
-- Frozen once released: a change is a new migration.

SET LOCAL ROLE dsrd_owner;

-- Of the whole database and not of a library, like dsr.ring. `mark` is a hash by the key itself: two hosts that each made a key of the same
-- number would seal what the other cannot open, and that shows here at once.
CREATE TABLE dsr.ring_key (
    id           bigint PRIMARY KEY CHECK (id BETWEEN 1 AND 4294967295),
    mark         text NOT NULL CHECK (mark ~ '^[0-9a-f]{64}$'),
    starts_at    timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL,
    seen_at      timestamptz NOT NULL DEFAULT now(),
    destroyed_at timestamptz
);

-- Keys are of every library: who re-seals must know which there are. Set for one statement only, by dsr.libraries().
CREATE POLICY libraries_listed ON dsr.library FOR SELECT USING (current_setting('dsr.libraries', true) = 'listed');

RESET ROLE;
