-- SPDX-License-Identifier: GPL-3.0-or-later
-- Libraries (tenants), accounts (who may use the daemon) and subjects (whom requests are about).
-- Frozen once released: a change is a new migration.
--
-- library_id leads every key and index. Row level security is a second net behind the functions of schema api, which are
-- the only way in: it catches a forgotten WHERE, not an attacker who can already run statements of his own.

DO $$
BEGIN
    -- The schemas belong to dsrd_owner; whoever migrates needs CREATE on the database for this line only.
    CREATE SCHEMA dsr AUTHORIZATION dsrd_owner;
    CREATE SCHEMA api AUTHORIZATION dsrd_owner;
END
$$;
SET LOCAL ROLE dsrd_owner;

REVOKE ALL ON SCHEMA dsr, api FROM PUBLIC;
GRANT USAGE ON SCHEMA api TO dsrd_api, dsrd_mailer;
ALTER DEFAULT PRIVILEGES FOR ROLE dsrd_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- Highest migration applied, and the hash of the function files loaded after it. Kept by `dsrd migrate`.
CREATE TABLE dsr.schema_version (
    version        integer PRIMARY KEY CHECK (version > 0),
    functions_hash text NOT NULL DEFAULT '',
    applied_at     timestamptz NOT NULL DEFAULT now()
);

-- A mark of the key ring that seals this database: another ring would leave what is sealed unreadable, and nobody would notice at once.
CREATE TABLE dsr.ring (
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    mark text NOT NULL CHECK (mark ~ '^[0-9a-f]{64}$')
);

-- The catalogue of laws and calendars that an operator has applied: a daemon whose files differ must not write.
CREATE TABLE dsr.catalogue (
    one        boolean PRIMARY KEY DEFAULT true CHECK (one),
    hash       text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
    applied_at timestamptz NOT NULL DEFAULT now(),
    finished   boolean NOT NULL DEFAULT true           -- false: not every open request has been counted anew yet
);

-- The library of the transaction, set by enter(); null before that, so that every policy then hides every row.
-- After the first set_config(..., true) an unset setting is '' and not null, hence nullif.
CREATE FUNCTION dsr.library() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('dsr.library', true), '')::integer;

-- An envelope of the vault: version byte 1, key id, nonce (24), ciphertext with its tag (16). Plain text cannot get in by mistake.
CREATE DOMAIN dsr.sealed AS bytea
    CHECK (CASE WHEN octet_length(value) BETWEEN 42 AND 33554432 THEN get_byte(value, 0) = 1 ELSE value IS NULL END);
-- A keyed look-up hash (BLAKE2b, 256 bits).
CREATE DOMAIN dsr.lookup AS bytea CHECK (octet_length(value) = 32);
-- An identifier of the vocabulary: third_party_list, extension_notice.
CREATE DOMAIN dsr.word AS text CHECK (value ~ '^[a-z][a-z0-9_]{0,39}$');
-- A law, calendar, vendor or channel: us-ca-ccpa, kanopy, email-1.
CREATE DOMAIN dsr.slug AS text CHECK (value ~ '^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$');
-- A line of text without control characters.
CREATE DOMAIN dsr.line AS text CHECK (char_length(value) BETWEEN 1 AND 200 AND value !~ '[[:cntrl:]]');

CREATE TABLE dsr.library (
    id            integer PRIMARY KEY CHECK (id > 0),
    name          dsr.line NOT NULL,
    zone          text NOT NULL CHECK (char_length(zone) BETWEEN 1 AND 64),
    due_soon_days integer NOT NULL DEFAULT 7 CHECK (due_soon_days BETWEEN 0 AND 365),
    quiet_from    time NOT NULL DEFAULT '00:00', -- no reminder leaves from here to there, across midnight too; equal: no quiet hours
    quiet_until   time NOT NULL DEFAULT '00:00',
    weekends      boolean NOT NULL DEFAULT true, -- whether reminders leave on Saturday and Sunday
    created_at    timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE dsr.library ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.library USING (id = dsr.library());

CREATE TABLE dsr.account (
    library_id integer NOT NULL REFERENCES dsr.library (id),
    id         uuid NOT NULL,
    roles      text[] NOT NULL CHECK (cardinality(roles) BETWEEN 1 AND 5
                   AND roles <@ ARRAY['patron', 'staff', 'manager', 'officer', 'operator']),
    name       dsr.sealed,
    email      dsr.sealed,
    email_hash dsr.lookup,
    uid        dsr.sealed,
    uid_hash   dsr.lookup,
    subject_id uuid,
    disabled   boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (library_id, id),
    UNIQUE (library_id, uid_hash),
    CHECK ((email IS NULL) = (email_hash IS NULL)),
    CHECK ((uid IS NULL) = (uid_hash IS NULL))
);
ALTER TABLE dsr.account ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.account USING (library_id = dsr.library());

-- `version` counts the writes that concern the subject's requests as a whole: who files a request read it in the snapshot
-- and finds it unchanged under the lock, or reads again.
CREATE TABLE dsr.subject (
    library_id integer NOT NULL REFERENCES dsr.library (id),
    id         uuid NOT NULL,
    alias      text NOT NULL CHECK (alias ~ '^[a-z]{2,12}-[a-z]{2,12}(-[1-9][0-9]{0,5})?$'),
    residence  text CHECK (residence ~ '^[A-Z]{2}(-[A-Z0-9]{1,3})?$'),
    name       dsr.sealed,
    email      dsr.sealed,
    email_hash dsr.lookup,
    created_by uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    version    bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (library_id, id),
    UNIQUE (library_id, alias),
    FOREIGN KEY (library_id, created_by) REFERENCES dsr.account (library_id, id),
    CHECK ((email IS NULL) = (email_hash IS NULL))
);
-- Not unique: a patron who types somebody else's address must not learn that it is known, nor be joined to that person.
CREATE INDEX subject_email ON dsr.subject (library_id, email_hash) WHERE email_hash IS NOT NULL;
ALTER TABLE dsr.subject ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.subject USING (library_id = dsr.library());

ALTER TABLE dsr.account ADD FOREIGN KEY (library_id, subject_id) REFERENCES dsr.subject (library_id, id);
CREATE INDEX account_subject ON dsr.account (library_id, subject_id) WHERE subject_id IS NOT NULL;

RESET ROLE;
