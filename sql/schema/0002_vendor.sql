-- SPDX-License-Identifier: GPL-3.0-or-later
-- Vendors: whom requests go to. `doc` is the whole document as in etc/vendors (brands, establishments, channels).
-- Frozen once released: a change is a new migration.

SET LOCAL ROLE dsrd_owner;

CREATE TABLE dsr.vendor (
    library_id integer NOT NULL REFERENCES dsr.library (id),
    slug       dsr.slug NOT NULL,
    name       dsr.line NOT NULL,
    parent     text CHECK (char_length(parent) <= 200),
    doc        jsonb NOT NULL CHECK (jsonb_typeof(doc) = 'object' AND doc ->> 'slug' = slug AND doc ->> 'name' = name
                   AND pg_column_size(doc) <= 262144),
    edited     boolean NOT NULL DEFAULT false, -- changed through the API: files no longer overwrite it
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (library_id, slug)
);
ALTER TABLE dsr.vendor ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.vendor USING (library_id = dsr.library());

-- Every way to write a vendor's name: slug, name and brands, in lower case. Two vendors may share one; the slug wins.
CREATE TABLE dsr.vendor_name (
    library_id  integer NOT NULL,
    folded_name text NOT NULL CHECK (char_length(folded_name) BETWEEN 1 AND 200 AND folded_name = lower(folded_name)),
    slug        dsr.slug NOT NULL,
    PRIMARY KEY (library_id, folded_name, slug),
    FOREIGN KEY (library_id, slug) REFERENCES dsr.vendor (library_id, slug) ON DELETE CASCADE
);
CREATE INDEX vendor_name_slug ON dsr.vendor_name (library_id, slug);
ALTER TABLE dsr.vendor_name ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.vendor_name USING (library_id = dsr.library());

RESET ROLE;
