// SPDX-License-Identifier: GPL-3.0-or-later
// The schema this dsrd was built for: the highest number in sql/schema. A database of another version is refused.
#ifndef DATABASE_SCHEMA_VERSION_H
#define DATABASE_SCHEMA_VERSION_H

enum { SCHEMA_VERSION = 19 };

#endif
