-- SPDX-License-Identifier: GPL-3.0-or-later
-- Reply tokens: what stands in the Reply-To and envelope sender of a letter to a vendor, so that the answer finds its requests.
-- Frozen once released: a change is a new migration.
--
-- A token is 80 random bits. Only SHA-256 of it is kept, without a key: who reads the replies holds none, and 80 bits are not to be guessed.
-- A letter about several requests of a vendor has one token, and a row for each of them.

SET LOCAL ROLE dsrd_owner;

CREATE TABLE dsr.reply_token (
    library_id integer NOT NULL,
    hash       bytea NOT NULL CHECK (octet_length(hash) = 32),
    request_id bigint NOT NULL,
    vendor     dsr.slug NOT NULL,
    channel    dsr.slug NOT NULL,                            -- of the vendor: the address that the letter went to
    message_id text NOT NULL CHECK (char_length(message_id) BETWEEN 3 AND 300), -- the letter's own, with < and >
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (library_id, hash, request_id),
    FOREIGN KEY (library_id, request_id) REFERENCES dsr.request (library_id, id) ON DELETE CASCADE
);
CREATE INDEX reply_token_message ON dsr.reply_token (library_id, message_id);
CREATE INDEX reply_token_request ON dsr.reply_token (library_id, request_id);
ALTER TABLE dsr.reply_token ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.reply_token USING (library_id = dsr.library());
CREATE POLICY own_only ON dsr.reply_token AS RESTRICTIVE USING ((SELECT dsr.sees_all())
    OR EXISTS (SELECT FROM dsr.request r WHERE r.library_id = reply_token.library_id AND r.id = reply_token.request_id));

RESET ROLE;
