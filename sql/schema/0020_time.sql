-- SPDX-License-Identifier: GPL-3.0-or-later
-- What is known of the clocks, so that a wrong one destroys nothing.
-- Frozen once released: a change is a new migration.

SET LOCAL ROLE dsrd_owner;

-- One row, of the whole database: every dsrd looks at the clock again and again (api.time_look), and nothing that cannot be undone is done
-- while the clock is in doubt (dsr.time_doubt).
CREATE TABLE dsr.time_guard (
    one          boolean PRIMARY KEY DEFAULT true CHECK (one),
    right_at     timestamptz NOT NULL DEFAULT clock_timestamp(), -- the latest moment that was found right
    looked_at    timestamptz NOT NULL DEFAULT clock_timestamp(), -- the last look, whatever it found
    acted_at     timestamptz NOT NULL DEFAULT clock_timestamp(), -- the latest moment at which something was gathered or leased since
    went_back_at timestamptz,                                    -- when the clock was last seen to have gone back, by the clock since then
    doubt        text CHECK (doubt IN ('ahead', 'back')),
    stood        interval NOT NULL DEFAULT '0',                  -- how long a clock in doubt has gone on evenly
    jump_days    integer NOT NULL DEFAULT 7 CHECK (jump_days >= 1)
);
INSERT INTO dsr.time_guard DEFAULT VALUES;

RESET ROLE;
