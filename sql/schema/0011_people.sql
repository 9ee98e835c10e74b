-- SPDX-License-Identifier: GPL-3.0-or-later
-- What patrons have authorised the library to ask for, and whom reminders may reach.
-- Frozen once released: a change is a new migration.

SET LOCAL ROLE dsrd_owner;

-- A patron's authorisation of the library to ask vendors in its name. No row is changed but to withdraw it; a new one renews it.
CREATE TABLE dsr.authority (
    library_id   integer NOT NULL,
    subject_id   uuid NOT NULL,
    n            integer NOT NULL CHECK (n > 0),      -- of this subject
    form         text NOT NULL CHECK (form IN ('signed', 'email', 'in_person')),
    given_on     date NOT NULL,
    until        date,                                -- its last day; null: until withdrawn
    vendors      text[] NOT NULL DEFAULT '{}' CHECK (cardinality(vendors) <= 50), -- none named: all
    rights       text[] NOT NULL DEFAULT '{}' CHECK (rights <@ ARRAY['access', 'deletion', 'correction', 'portability', 'opt_out',
                     'limit_sensitive', 'restrict_object', 'third_party_list', 'complaint', 'adm']), -- none named: all
    recorded_by  uuid NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    withdrawn_on date,
    withdrawn_at timestamptz,                         -- when that was recorded
    withdrawn_by uuid,
    ended        boolean NOT NULL DEFAULT false,      -- its end has been seen to: what rests on it is stopped
    PRIMARY KEY (library_id, subject_id, n),
    FOREIGN KEY (library_id, subject_id) REFERENCES dsr.subject (library_id, id) ON DELETE CASCADE,
    CHECK (until >= given_on),
    CHECK (withdrawn_on >= given_on),
    CHECK ((withdrawn_on IS NULL) = (withdrawn_at IS NULL))
);
CREATE INDEX authority_ends ON dsr.authority (library_id, until) WHERE NOT ended AND until IS NOT NULL;
ALTER TABLE dsr.authority ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.authority USING (library_id = dsr.library());

-- Null, or the day since which nothing authorises the request any more (dsr.authority_ended): its reminders are stopped.
ALTER TABLE dsr.request ADD COLUMN authority_ended date;

-- A reminder that fell due and is stopped, because the authority has ended or the recipient wants none; planned again when that changes.
ALTER TABLE dsr.reminder DROP CONSTRAINT reminder_state_check;
ALTER TABLE dsr.reminder ADD CONSTRAINT reminder_state_check
    CHECK (state IN ('planned', 'stopped', 'gathered', 'sent', 'cancelled'));
CREATE INDEX reminder_stopped ON dsr.reminder (library_id, request_id) WHERE state = 'stopped';

-- An address that reminders went to: by which link it may stop them, and since when it has. The link's token is in the mail only.
CREATE TABLE dsr.recipient (
    library_id   integer NOT NULL REFERENCES dsr.library (id),
    address_hash dsr.lookup NOT NULL,
    token_hash   dsr.lookup,
    stopped_at   timestamptz,
    PRIMARY KEY (library_id, address_hash),
    UNIQUE (library_id, token_hash)
);
ALTER TABLE dsr.recipient ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.recipient USING (library_id = dsr.library());

RESET ROLE;
