-- SPDX-License-Identifier: GPL-3.0-or-later
-- What dsrd learns of vendors and no document says: which channels answer, bounce or were looked at; who was taken over by whom; and
-- names of products that came with an import.
-- Frozen once released: a change is a new migration.

SET LOCAL ROLE dsrd_owner;

-- Open directories have longer short names than ours.
ALTER DOMAIN dsr.slug DROP CONSTRAINT slug_check;
ALTER DOMAIN dsr.slug ADD CONSTRAINT slug_check CHECK (value ~ '^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$');

ALTER TABLE dsr.library ADD COLUMN stale_days integer NOT NULL DEFAULT 365 CHECK (stale_days BETWEEN 1 AND 3650);

-- The vendor that took it over. Never one that was itself taken over: whoever asks for the old one is at the end at once.
ALTER TABLE dsr.vendor ADD COLUMN merged_into dsr.slug, ADD COLUMN merged_on date,
    ADD CHECK ((merged_into IS NULL) = (merged_on IS NULL)), ADD CHECK (merged_into <> slug),
    ADD FOREIGN KEY (library_id, merged_into) REFERENCES dsr.vendor (library_id, slug);
CREATE INDEX vendor_merged ON dsr.vendor (library_id, merged_into) WHERE merged_into IS NOT NULL;

-- One row for each channel of a document. What was learned is of this address: another address begins anew.
CREATE TABLE dsr.vendor_channel (
    library_id       integer NOT NULL,
    vendor           dsr.slug NOT NULL,
    channel          dsr.slug NOT NULL,
    address_mark     text NOT NULL CHECK (address_mark ~ '^[0-9a-f]{32}$'), -- of kind and address
    seen_on          date NOT NULL, -- the document's date_seen
    proven_on        date, -- an answer came that shows that it is read
    confirmed_on     date, -- somebody of the library looked and found it right; who it was is in the audit log
    confirmed_source text CHECK (char_length(confirmed_source) <= 500),
    bounced_on       date,
    bounces          smallint NOT NULL DEFAULT 0 CHECK (bounces >= 0), -- since it was last proven or confirmed
    hard             boolean NOT NULL DEFAULT false, -- one of them said that there is no such address
    bouncing         boolean NOT NULL GENERATED ALWAYS AS (hard OR bounces >= 3) STORED,
    fresh_on         date NOT NULL GENERATED ALWAYS AS (greatest(seen_on, proven_on, confirmed_on)) STORED,
    PRIMARY KEY (library_id, vendor, channel),
    FOREIGN KEY (library_id, vendor) REFERENCES dsr.vendor (library_id, slug) ON DELETE CASCADE
);
CREATE INDEX vendor_channel_bouncing ON dsr.vendor_channel (library_id, vendor) WHERE bouncing;
CREATE INDEX vendor_channel_fresh ON dsr.vendor_channel (library_id, fresh_on);

-- A name that a person wrote, or a file, goes before one that an import knew.
ALTER TABLE dsr.vendor_name ADD COLUMN imported boolean NOT NULL DEFAULT false;

-- Whether a vendor has open requests, however many are closed.
CREATE INDEX request_open_vendor ON dsr.request (library_id, vendor) WHERE state = 'open';

-- Product names from an import: beside the document, so that the next file of the vendor does not lose them.
CREATE TABLE dsr.vendor_product (
    library_id integer NOT NULL,
    slug       dsr.slug NOT NULL,
    name       dsr.line NOT NULL,
    source     text NOT NULL CHECK (char_length(source) BETWEEN 1 AND 60),
    PRIMARY KEY (library_id, slug, name),
    FOREIGN KEY (library_id, slug) REFERENCES dsr.vendor (library_id, slug) ON DELETE CASCADE
);

-- What is there already. Its owner sees every library for this one statement.
ALTER TABLE dsr.vendor NO FORCE ROW LEVEL SECURITY;
INSERT INTO dsr.vendor_channel (library_id, vendor, channel, address_mark, seen_on)
SELECT v.library_id, v.slug, c ->> 'id', md5(concat(c ->> 'kind', ' ', c ->> 'address')), (c ->> 'date_seen')::date
  FROM dsr.vendor v, jsonb_array_elements(v.doc -> 'channels') AS c;
ALTER TABLE dsr.vendor FORCE ROW LEVEL SECURITY;

ALTER TABLE dsr.vendor_channel ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.vendor_channel USING (library_id = dsr.library());
ALTER TABLE dsr.vendor_product ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.vendor_product USING (library_id = dsr.library());

RESET ROLE;
