-- SPDX-License-Identifier: GPL-3.0-or-later
-- Several libraries in one database: how a caller's library is found, and what mails and pages call it.
-- Frozen once released: a change is a new migration.
--
-- Who comes has a user number, a token or a link, and no library yet. The functions that find it (account_by_uid, token_find, unsubscribe)
-- look by that secret's keyed hash through all libraries, for one statement: this widens what they read, as libraries_listed does.

SET LOCAL ROLE dsrd_owner;

-- Whom mails of this library name for questions; null: the one in dsrd.conf.
ALTER TABLE dsr.library ADD COLUMN contact text CHECK (char_length(contact) <= 200 AND contact !~ '[[:cntrl:]]');

CREATE POLICY found_by_hash ON dsr.account FOR SELECT USING (current_setting('dsr.finding', true) = 'by hash');
CREATE POLICY found_by_hash ON dsr.token FOR SELECT USING (current_setting('dsr.finding', true) = 'by hash');
CREATE POLICY found_by_hash ON dsr.recipient FOR SELECT USING (current_setting('dsr.finding', true) = 'by hash');
CREATE INDEX account_uid ON dsr.account (uid_hash) WHERE uid_hash IS NOT NULL;
CREATE INDEX token_hash ON dsr.token (hash);
CREATE INDEX recipient_token ON dsr.recipient (token_hash) WHERE token_hash IS NOT NULL;

RESET ROLE;
