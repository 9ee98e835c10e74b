-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who sees which rows: beneath what the functions ask for, row level security keeps a caller whose reach is "own" to what is about
-- that caller.
-- Frozen once released: a change is a new migration.
--
-- api.enter() sets, for its transaction alone, the account, its data subject and how far the route reaches (own, library). The policies
-- compare with nothing else. What only hangs on a request (events, clocks, reminders) asks whether that request is seen; whose a request
-- is never changes, so no concurrent change can slip in between. A scalar subquery is worked out once a statement, not once a row.

SET LOCAL ROLE dsrd_owner;

-- The account on whose behalf the transaction runs; null for dsrd itself.
CREATE OR REPLACE FUNCTION dsr.me() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('dsr.account', true), '')::uuid;
-- The data subject the caller is, if that is known.
CREATE OR REPLACE FUNCTION dsr.my_subject() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('dsr.subject', true), '')::uuid;
-- Whether the caller sees the whole library by this route; dsrd itself, on nobody's behalf, does. A caller whose reach was not said
-- sees only what is own.
CREATE OR REPLACE FUNCTION dsr.sees_all() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(current_setting('dsr.reach', true), '') = 'library' OR dsr.me() IS NULL;

DROP FUNCTION IF EXISTS api.enter(text, text, text); -- the new one is told how far the route reaches

CREATE POLICY own_only ON dsr.account AS RESTRICTIVE USING ((SELECT dsr.sees_all()) OR id = (SELECT dsr.me()));
CREATE POLICY own_only ON dsr.subject AS RESTRICTIVE USING ((SELECT dsr.sees_all()) OR id = (SELECT dsr.my_subject()))
    WITH CHECK ((SELECT dsr.sees_all()) OR id = (SELECT dsr.my_subject()) OR created_by = (SELECT dsr.me()));
CREATE POLICY own_only ON dsr.request AS RESTRICTIVE USING ((SELECT dsr.sees_all()) OR subject_id = (SELECT dsr.my_subject()));
CREATE POLICY own_only ON dsr.event AS RESTRICTIVE USING ((SELECT dsr.sees_all())
    OR EXISTS (SELECT FROM dsr.request r WHERE r.library_id = event.library_id AND r.id = event.request_id));
CREATE POLICY own_only ON dsr.clock AS RESTRICTIVE USING ((SELECT dsr.sees_all())
    OR EXISTS (SELECT FROM dsr.request r WHERE r.library_id = clock.library_id AND r.id = clock.request_id));
CREATE POLICY own_only ON dsr.reminder AS RESTRICTIVE USING ((SELECT dsr.sees_all())
    OR EXISTS (SELECT FROM dsr.request r WHERE r.library_id = reminder.library_id AND r.id = reminder.request_id));
CREATE POLICY own_only ON dsr.message AS RESTRICTIVE USING ((SELECT dsr.sees_all())
    OR recipient_id = (SELECT dsr.me()) OR recipient_id = (SELECT dsr.my_subject()));
CREATE POLICY own_only ON dsr.attempt AS RESTRICTIVE USING ((SELECT dsr.sees_all())
    OR EXISTS (SELECT FROM dsr.message m WHERE m.library_id = attempt.library_id AND m.id = attempt.message_id));
CREATE POLICY own_only ON dsr.idempotency AS RESTRICTIVE USING ((SELECT dsr.sees_all()) OR account_id = (SELECT dsr.me()));
CREATE POLICY own_only ON dsr.digest AS RESTRICTIVE USING ((SELECT dsr.sees_all()) OR account_id = (SELECT dsr.me()));
CREATE POLICY own_only ON dsr.token AS RESTRICTIVE USING ((SELECT dsr.sees_all()) OR account_id = (SELECT dsr.me()));

RESET ROLE;
