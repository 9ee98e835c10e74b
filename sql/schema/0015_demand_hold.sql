-- SPDX-License-Identifier: GPL-3.0-or-later
-- A demand names the hold it led to by its id, and no longer in free words only.
-- Frozen once released: a change is a new migration.

SET LOCAL ROLE dsrd_owner;

-- `hold` keeps what was written down when the hold itself is purged, long after its end; `hold_id` is the hold while it is there.
ALTER TABLE dsr.demand ADD COLUMN hold_id uuid;
-- What was written down before may be a hold of the same library; a migration is of no library, so the policies step aside for it.
ALTER TABLE dsr.demand NO FORCE ROW LEVEL SECURITY;
ALTER TABLE dsr.hold NO FORCE ROW LEVEL SECURITY;
UPDATE dsr.demand d SET hold_id = h.id FROM dsr.hold h WHERE h.library_id = d.library_id AND h.id::text = lower(d.hold);
ALTER TABLE dsr.demand FORCE ROW LEVEL SECURITY;
ALTER TABLE dsr.hold FORCE ROW LEVEL SECURITY;
ALTER TABLE dsr.demand ADD FOREIGN KEY (library_id, hold_id) REFERENCES dsr.hold (library_id, id) ON DELETE SET NULL (hold_id);
ALTER TABLE dsr.demand ADD CHECK (hold_id IS NULL OR hold IS NOT NULL);
CREATE INDEX demand_hold ON dsr.demand (library_id, hold_id) WHERE hold_id IS NOT NULL;

RESET ROLE;
