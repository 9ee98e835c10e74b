-- SPDX-License-Identifier: GPL-3.0-or-later
-- Homework: requests to several vendors filed together, by one person or by a class. The name of the homework stands on each of its requests.
-- Frozen once released: a change is a new migration.
--
-- One request for each person, vendor and right of a homework, whoever files and however often: the index refuses a second one. It also finds
-- the requests of a homework, of all people or of one.

SET LOCAL ROLE dsrd_owner;

ALTER TABLE dsr.request ADD COLUMN homework dsr.slug;
CREATE UNIQUE INDEX request_homework ON dsr.request (library_id, homework, subject_id, vendor, "right") WHERE homework IS NOT NULL;

RESET ROLE;
