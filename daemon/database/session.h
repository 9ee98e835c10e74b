// SPDX-License-Identifier: GPL-3.0-or-later
// One connection of a process that does one thing at a time. Each wait has an end, also for a server that takes what is sent and never answers, as
// one that was stopped does, or one behind a network that drops everything.
#ifndef DATABASE_SESSION_H
#define DATABASE_SESSION_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"
#include "shared/error.h"

struct session;

struct session_statement {
    const char *name, *sql;
};

// Copies the connection string; the statements, prepared on each connection, must outlive it. NULL without memory.
struct session *session_new(const struct config *config, const char *conninfo, const struct session_statement *statements, size_t count, bool listens);
void session_free(struct session *session); // NULL is fine

// Connects if the connection is not there; `fresh` tells whether it is another one. Refuses an old primary (timeline.h), and
// a database that does not serve this dsrd.
bool session_connect(struct session *session, bool *fresh, struct error *error);

// Whether the database serves this dsrd (schema_version.h), as session_connect() has asked once: it may have been brought to a newer version since.
bool session_serves(struct session *session, struct error *error);
void session_cut(struct session *session); // as the network does: what was under way is given up

// The one row of a statement (PQclear it), or NULL and the error: ERROR_unavailable when it may go well another time. Then the connection may be gone.
PGresult *session_call(struct session *session, const char *statement, int count, const char *const *values, struct error *error);

// Waits until a notification comes, a signal, or the time is over; meanwhile the server is asked now and then whether it is alive.
void session_wait(struct session *session, int timeout_ms);

#endif
