// SPDX-License-Identifier: GPL-3.0-or-later
// What the database says no to, for who calls libpq itself.
#ifndef DATABASE_REFUSAL_H
#define DATABASE_REFUSAL_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "shared/error.h"

// Sets the error and returns false: unavailable when the connection is lost, else `code`. The server's message may hold data, so only its number
// goes on. `result` may be NULL.
bool refusal_set(const PGconn *pg, const PGresult *result, const char *what, enum error_code code, struct error *error);

// Whether the server shuts down, or cannot be written to: another connection is needed.
bool refusal_is_fatal(const PGresult *result);
// Whether a notice says that a COMMIT was not confirmed by the synchronous standby: a fail-over now would undo it.
bool refusal_is_unreplicated(const PGresult *notice);

// Whether it may go well another time: a lock, a time-out, no room, a standby. Anything else is about what the database was given.
bool refusal_is_passing(const PGresult *result);

#endif
