-- SPDX-License-Identifier: GPL-3.0-or-later
-- What vendors wrote back: what kind of mail came, when, whose request it is about; not what it says, but for a box that nobody here can open.
-- Frozen once released: a change is a new migration.

SET LOCAL ROLE dsrd_owner;

GRANT USAGE ON SCHEMA api TO dsrd_inbox;

-- A sealed box (X25519, libsodium): made with a public key, opened with a secret one that is kept elsewhere. The key ring has no part in it.
CREATE DOMAIN dsr.box AS bytea CHECK (octet_length(value) BETWEEN 49 AND 131072);

-- One mail that came, once for each request that it is about; a mail of which that is not known has one row without a request.
--   pen        nobody knows what it is about, or it is only a guess (`domain`): somebody assigns or discards it
--   proposed   it is about that request: a person confirms the event, or another one
--   noted      it is about that request and asks for nothing
--   confirmed  with the event that was recorded, if one was
--   discarded
CREATE TABLE dsr.reply (
    library_id    integer NOT NULL REFERENCES dsr.library (id),
    id            uuid NOT NULL DEFAULT gen_random_uuid(),
    sha256        bytea NOT NULL CHECK (octet_length(sha256) = 32), -- of the mail: the same one read again is known by it
    came_at       timestamptz NOT NULL,
    size          bigint NOT NULL CHECK (size >= 0),
    cut           boolean NOT NULL,                 -- not all of it was looked at
    sender_domain text CHECK (char_length(sender_domain) BETWEEN 1 AND 253 AND sender_domain ~ '^[a-z0-9.-]+$'),
    media_types   text[] NOT NULL CHECK (cardinality(media_types) <= 20),
    kind          text NOT NULL CHECK (kind IN ('bounce_hard', 'bounce_soft', 'report', 'auto_ack', 'out_of_office', 'answer')),
    event         dsr.word,                         -- proposed
    match_by      text NOT NULL CHECK (match_by IN ('token', 'in_reply_to', 'reference', 'domain', 'person', 'none')),
    request_id    bigint,
    vendor        dsr.slug,                         -- of the letter that it answers
    channel       dsr.slug,
    state         text NOT NULL CHECK (state IN ('pen', 'proposed', 'noted', 'confirmed', 'discarded')),
    event_id      uuid,                             -- what was recorded
    decided_by    uuid,
    decided_at    timestamptz,
    text          dsr.box,
    PRIMARY KEY (library_id, id),
    UNIQUE NULLS NOT DISTINCT (library_id, sha256, request_id),
    FOREIGN KEY (library_id, request_id) REFERENCES dsr.request (library_id, id) ON DELETE CASCADE,
    CHECK (state = 'pen' OR state = 'discarded' OR request_id IS NOT NULL),
    CHECK ((match_by = 'none') = (request_id IS NULL)),
    CHECK ((state IN ('confirmed', 'discarded')) = (decided_at IS NOT NULL))
);
CREATE INDEX reply_request ON dsr.reply (library_id, request_id) WHERE request_id IS NOT NULL;
CREATE INDEX reply_open ON dsr.reply (library_id, came_at, id) WHERE state IN ('pen', 'proposed');
CREATE INDEX reply_all ON dsr.reply (library_id, came_at, id);
ALTER TABLE dsr.reply ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.reply USING (library_id = dsr.library());
-- What is only a guess is not shown to whom it may be about.
CREATE POLICY own_only ON dsr.reply AS RESTRICTIVE USING ((SELECT dsr.sees_all()) OR (state <> 'pen'
    AND EXISTS (SELECT FROM dsr.request r WHERE r.library_id = reply.library_id AND r.id = reply.request_id)));

-- How far an IMAP folder has been read. Moved in the transaction that stores the mail, so that a reader that dies loses and repeats none.
CREATE TABLE dsr.inbox_mark (
    library_id  integer NOT NULL REFERENCES dsr.library (id),
    source      text NOT NULL CHECK (char_length(source) BETWEEN 1 AND 300),
    uidvalidity bigint NOT NULL CHECK (uidvalidity BETWEEN 1 AND 4294967295),
    uid         bigint NOT NULL CHECK (uid BETWEEN 0 AND 4294967295),
    PRIMARY KEY (library_id, source)
);
ALTER TABLE dsr.inbox_mark ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY library_only ON dsr.inbox_mark USING (library_id = dsr.library());

-- The domains at which a vendor's channels and sites are, by which an answer without a token may be guessed.
CREATE FUNCTION dsr.vendor_domains(p_doc jsonb) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $function$
SELECT coalesce(array_agg(DISTINCT lower(found[1])), '{}')
  FROM jsonb_array_elements(CASE jsonb_typeof(p_doc -> 'channels') WHEN 'array' THEN p_doc -> 'channels' ELSE '[]' END) AS c (channel),
       LATERAL regexp_match(channel ->> 'address', CASE channel ->> 'kind' WHEN 'email' THEN '@([A-Za-z0-9.-]+)$'
                                                   ELSE '^https?://(?:www\.)?([A-Za-z0-9.-]+)' END) AS found
 WHERE found[1] IS NOT NULL
$function$;
REVOKE ALL ON FUNCTION dsr.vendor_domains(jsonb) FROM PUBLIC;
CREATE INDEX vendor_domain ON dsr.vendor USING gin (dsr.vendor_domains(doc));

-- Two more things a person is told of, beside dates: an answer came, a letter came back.
ALTER TABLE dsr.reminder DROP CONSTRAINT reminder_kind_check;
ALTER TABLE dsr.reminder ADD CONSTRAINT reminder_kind_check CHECK (kind IN ('early', 'overdue', 'own', 'wanted', 'replied', 'bounced'));

RESET ROLE;
