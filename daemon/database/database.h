// SPDX-License-Identifier: GPL-3.0-or-later
// The asynchronous pool of the api role. Every unit of work is one pipelined
// BEGIN; enter(library, account, roles, reach); call; COMMIT on one connection; the answer is one JSON text.
#ifndef DATABASE_DATABASE_H
#define DATABASE_DATABASE_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "config/config.h"
#include "database/statements.h"
#include "shared/error.h"

struct database;

// On whose behalf. account "" and roles "" before anybody is known (peer look-up, health).
struct principal {
    int library;
    char account[37]; // uuid text
    char roles[96];   // comma-separated: "staff,operator"
    const char *reach; // how far the route goes for these roles: "own" or "library"; NULL before anybody is known. Not freed
};

// Called on the loop, exactly once per call. On success error->code is ERROR_NONE and `json` holds the function's
// JSON text (NULL for SQL null; valid during the callback). Failures are already translated: SQLSTATE DSnnn to the code
// with that HTTP status (DETAIL is the field), a lost connection or full queue to ERROR_unavailable, the rest to ERROR_internal.
// `retry` is true for SQLSTATE DS40R: the snapshot is out of date, read it again.
typedef void database_done(void *context, const char *json, size_t length, bool retry, const struct error *error);

struct database *database_new(uv_loop_t *loop, const struct config *config, const char *conninfo, struct error *error);
// Starts connecting. `ready` is called once, when the first connection has prepared every statement, or with an error that
// no waiting will mend (a function missing: the schema of another version). A server that refuses the log-in is asked again, and the log says
// why: whoever mends pg_hba.conf need not restart dsrd.
void database_start(struct database *database, void (*ready)(void *context, const struct error *error), void *context);
// Queues a call; parameters are copied. Values are text; NULL is SQL null.
void database_call(struct database *database, const struct principal *who, enum statement statement,
                   const char *const *parameters, database_done *done, void *context);
bool database_is_up(const struct database *database);
size_t database_waiting(const struct database *database);      // calls in the queue
uint64_t database_now(const struct database *database);        // the loop's time
int64_t database_silent_ms(const struct database *database);   // since the database last said anything; -1: it never has
// Reports each notification on the channel "dsr" (payload: "outbox", "reminder LIBRARY", "catalogue", "account" or "library").
void database_on_notify(struct database *database, void (*notified)(void *context, const char *payload), void *context);
// Stops taking calls, fails the queued ones as unavailable, waits for running ones until the deadline, then closes. `closed` once.
void database_stop(struct database *database, int timeout_ms, void (*closed)(void *context), void *context);
void database_free(struct database *database); // after `closed`

#endif
