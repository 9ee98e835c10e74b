-- SPDX-License-Identifier: GPL-3.0-or-later
-- Letters to vendors: what a person approved, how it goes, and what became of it.
-- Frozen once released: a change is a new migration.

SET LOCAL ROLE dsrd_owner;

-- A letter goes out as a message whose bytes are made at its approval. Its recipient_id is the subject it is about.
ALTER TABLE dsr.message DROP CONSTRAINT message_kind_check;
ALTER TABLE dsr.message ADD CONSTRAINT message_kind_check CHECK (kind IN ('reminder', 'test', 'letter'));
ALTER TABLE dsr.message DROP CONSTRAINT message_recipient_kind_check;
ALTER TABLE dsr.message ADD CONSTRAINT message_recipient_kind_check CHECK (recipient_kind IN ('account', 'subject', 'address', 'vendor'));

-- The state follows that of the message (dsr.letter_follow). A letter in doubt waits for a person: it is never sent again by itself.
CREATE TABLE dsr.letter (
    library_id  integer NOT NULL,
    id          uuid NOT NULL,                 -- made by dsrd: part of the seals
    request_id  bigint NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('request', 'overdue', 'extension_challenge', 'identity', 'appeal', 'complaint')),
    lang        text NOT NULL CHECK (lang ~ '^[a-z]{2}$'),
    channel     dsr.slug NOT NULL,             -- of the vendor
    state       text NOT NULL DEFAULT 'approved' CHECK (state IN ('approved', 'sent', 'in_doubt', 'failed', 'withdrawn')),
    reason      text CHECK (char_length(reason) <= 300), -- why it failed, is in doubt or was withdrawn
    text        dsr.sealed NOT NULL,           -- as it was approved
    sha256      bytea NOT NULL CHECK (octet_length(sha256) = 32), -- of what was shown and approved
    sender      dsr.sealed,                    -- envelope sender, with the reply token; until it is sent; of a chaser in one row of them
    message_id  uuid NOT NULL,
    mail_id     text NOT NULL CHECK (char_length(mail_id) BETWEEN 3 AND 300), -- the mail's Message-ID, with < and >
    approved_by uuid NOT NULL,
    approved_at timestamptz NOT NULL DEFAULT now(),
    sent_at     timestamptz,
    logged      boolean NOT NULL DEFAULT false, -- the request's record says that it was sent
    PRIMARY KEY (library_id, id),
    FOREIGN KEY (library_id, request_id) REFERENCES dsr.request (library_id, id) ON DELETE CASCADE,
    FOREIGN KEY (library_id, message_id) REFERENCES dsr.message (library_id, id),
    CHECK (state <> 'sent' OR sent_at IS NOT NULL)
);
-- One of a kind at a time; that of the request itself once for good.
CREATE UNIQUE INDEX letter_one ON dsr.letter (library_id, request_id, kind)
    WHERE state IN ('approved', 'in_doubt') OR (state = 'sent' AND kind = 'request');
CREATE INDEX letter_request ON dsr.letter (library_id, request_id);
-- A chaser is one message about several requests: a letter of each.
CREATE INDEX letter_message ON dsr.letter (library_id, message_id);
CREATE INDEX letter_unlogged ON dsr.letter (library_id, sent_at) WHERE state = 'sent' AND NOT logged;
ALTER TABLE dsr.letter ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.letter USING (library_id = dsr.library());
CREATE POLICY own_only ON dsr.letter AS RESTRICTIVE USING ((SELECT dsr.sees_all())
    OR EXISTS (SELECT FROM dsr.request r WHERE r.library_id = letter.library_id AND r.id = letter.request_id));

RESET ROLE;
