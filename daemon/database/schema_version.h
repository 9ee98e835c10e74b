// SPDX-License-Identifier: GPL-3.0-or-later
// The schema this dsrd was built for, and whether the one in a database serves it.
#ifndef DATABASE_SCHEMA_VERSION_H
#define DATABASE_SCHEMA_VERSION_H

#include <jansson.h>
#include <stdbool.h>

#include "shared/error.h"

enum { SCHEMA_VERSION = 22 }; // the highest number in sql/schema

// The same, in a file of its own: a test links a dsrd of the next version with another one.
extern const int schema_version;

// Whether a database that says {schema_version, serves_from} serves this dsrd: it is of the same version, or of a newer one that still serves
// this one (sql/README.md). If not, the error is a conflict about "schema", which no waiting mends.
bool schema_serves(const json_t *state, struct error *error);
bool schema_is_refused(const struct error *error);

#endif
