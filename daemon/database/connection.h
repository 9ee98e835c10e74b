// SPDX-License-Identifier: GPL-3.0-or-later
// One asynchronous connection of the pool: connects, prepares every statement, runs one unit of work at a time, and comes back by itself.
#ifndef DATABASE_CONNECTION_H
#define DATABASE_CONNECTION_H

#include "database/database.h"
#include "database/names.h"
#include "database/timeline.h"

struct connection;

// A unit of work; owned by the pool until handed to a connection, which calls `done` once and frees it.
struct call {
    struct call *next;
    uint64_t queued_at;
    struct principal who;
    enum statement statement;
    char *parameters[1]; // the most any statement takes
    database_done *done;
    void *context;
};
void call_fail(struct call *call, enum error_code code, const char *text); // calls done, frees

struct connection_owner {
    uv_loop_t *loop;
    const struct config *config;
    struct hosts *hosts;
    struct names *names;
    struct timeline *timeline;
    void *context;
    void (*idle)(void *context, struct connection *connection);                     // can take a call
    void (*lost)(void *context, struct connection *connection);                     // it is none of the idle ones any more
    void (*refused)(void *context, const struct error *error);                     // no waiting will mend this
    void (*notified)(void *context, const char *payload);
};

// Begins with the host of that number.
struct connection *connection_new(const struct connection_owner *owner, size_t first);
void connection_resolved(struct connection *connection); // the names of the hosts are looked up
void connection_run(struct connection *connection, struct call *call); // only when idle
bool connection_is_up(const struct connection *connection);
uint64_t connection_answered_at(const struct connection *connection); // in the loop's time; 0: never
bool connection_is_busy(const struct connection *connection);
void connection_free(struct connection *connection); // fails a running call as unavailable

#endif
