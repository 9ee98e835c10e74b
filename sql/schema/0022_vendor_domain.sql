-- SPDX-License-Identifier: GPL-3.0-or-later
-- The domains that vendors answer from, in a table of their own: row level security lets no array of a document be looked up by index before a
-- row is known to be seen.
-- Frozen once released: a change is a new migration.

SET LOCAL ROLE dsrd_owner;

DO $migration$
BEGIN
    -- Between two releases 0019 made this table itself.
    IF EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('dsr.vendor_domain') AND relkind = 'r') THEN
        RETURN;
    END IF;
    DROP INDEX dsr.vendor_domain;
    CREATE TABLE dsr.vendor_domain (
        library_id integer NOT NULL,
        domain     text NOT NULL CHECK (char_length(domain) BETWEEN 1 AND 253),
        vendor     dsr.slug NOT NULL,
        PRIMARY KEY (library_id, domain, vendor),
        FOREIGN KEY (library_id, vendor) REFERENCES dsr.vendor (library_id, slug) ON DELETE CASCADE
    );
    CREATE INDEX vendor_domain_vendor ON dsr.vendor_domain (library_id, vendor);
    -- What is there already. Its owner sees every library for this one statement.
    ALTER TABLE dsr.vendor NO FORCE ROW LEVEL SECURITY;
    INSERT INTO dsr.vendor_domain (library_id, domain, vendor)
    SELECT v.library_id, domain, v.slug FROM dsr.vendor v, unnest(dsr.vendor_domains(v.doc)) AS domain WHERE char_length(domain) <= 253;
    ALTER TABLE dsr.vendor FORCE ROW LEVEL SECURITY;
    ALTER TABLE dsr.vendor_domain ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    CREATE POLICY library_only ON dsr.vendor_domain USING (library_id = dsr.library());
END
$migration$;

RESET ROLE;
