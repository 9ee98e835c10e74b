// SPDX-License-Identifier: GPL-3.0-or-later
#include "database/database.h"

#include <stdlib.h>
#include <string.h>

#include "database/connection.h"
#include "loop/timer.h"

enum { CONNECTIONS_MAXIMUM = 64 };

struct database {
    uv_loop_t *loop;
    const struct config *config;
    char *conninfo;
    struct connection *connections[CONNECTIONS_MAXIMUM];
    size_t count;
    struct connection *idle[CONNECTIONS_MAXIMUM];
    size_t idle_count;
    struct call *first, *last;
    size_t queued;
    void (*ready)(void *context, const struct error *error);
    void *ready_context;
    void (*notified)(void *context, const char *payload);
    void *notified_context;
    struct timer *stop_timer;
    uint64_t stop_at;
    void (*closed)(void *context);
    void *closed_context;
    bool stopping;
};

struct database *database_new(uv_loop_t *loop, const struct config *config, const char *conninfo, struct error *error)
{
    struct database *database = calloc(1, sizeof *database);
    if (database != NULL)
        database->conninfo = strdup(conninfo);
    if (database == NULL || database->conninfo == NULL) {
        free(database);
        error_set(error, ERROR_internal, "", "No memory for the database pool.");
        return NULL;
    }
    database->loop = loop;
    database->config = config;
    return database;
}

static void on_idle(void *context, struct connection *connection)
{
    struct database *database = context;
    struct call *call = database->first;
    if (database->ready != NULL) {
        void (*ready)(void *, const struct error *) = database->ready;
        database->ready = NULL;
        ready(database->ready_context, NULL);
        call = database->first;
    }
    if (call == NULL) {
        database->idle[database->idle_count++] = connection;
        return;
    }
    database->first = call->next;
    if (database->first == NULL)
        database->last = NULL;
    database->queued--;
    connection_run(connection, call);
}

static void fail_queue(struct database *database, const char *text)
{
    while (database->first != NULL) {
        struct call *call = database->first;
        database->first = call->next;
        call_fail(call, ERROR_unavailable, text);
    }
    database->last = NULL;
    database->queued = 0;
}

static void on_lost(void *context, struct connection *connection)
{
    struct database *database = context;
    for (size_t i = 0; i < database->idle_count; i++)
        if (database->idle[i] == connection)
            database->idle[i--] = database->idle[--database->idle_count];
    if (!database_is_up(database))
        fail_queue(database, "The database is not reachable now; try again.");
}

static void on_refused(void *context, const struct error *error)
{
    struct database *database = context;
    void (*ready)(void *, const struct error *) = database->ready;
    database->ready = NULL;
    if (ready != NULL)
        ready(database->ready_context, error);
}

static void on_notified(void *context, const char *payload)
{
    struct database *database = context;
    if (database->notified != NULL)
        database->notified(database->notified_context, payload);
}

void database_start(struct database *database, void (*ready)(void *context, const struct error *error), void *context)
{
    database->ready = ready;
    database->ready_context = context;
    struct connection_owner owner = {database->loop, database->config, database->conninfo, database, on_idle, on_lost, on_refused, on_notified};
    for (int i = 0; i < database->config->database_connections && i < CONNECTIONS_MAXIMUM; i++) {
        struct connection *connection = connection_new(&owner);
        if (connection != NULL)
            database->connections[database->count++] = connection;
    }
}


void database_call(struct database *database, const struct principal *who, enum statement statement,
                   const char *const *parameters, database_done *done, void *context)
{
    struct call *call = calloc(1, sizeof *call);
    struct error error;
    if (call == NULL) {
        error_set(&error, ERROR_unavailable, "", "dsrd is out of memory; try again.");
        done(context, NULL, 0, false, &error);
        return;
    }
    *call = (struct call){.who = *who, .statement = statement, .done = done, .context = context};
    call->parameters[0] = parameters != NULL && parameters[0] != NULL ? strdup(parameters[0]) : NULL;
    if (database->stopping || !database_is_up(database) || database->queued >= (size_t)database->config->database_queue_limit) {
        call_fail(call, ERROR_unavailable, "The database is not reachable now; try again.");
        return;
    }
    if (database->idle_count > 0) {
        connection_run(database->idle[--database->idle_count], call);
        return;
    }
    if (database->last != NULL)
        database->last->next = call;
    else
        database->first = call;
    database->last = call;
    database->queued++;
}

bool database_is_up(const struct database *database)
{
    for (size_t i = 0; i < database->count; i++)
        if (connection_is_up(database->connections[i]))
            return true;
    return false;
}

void database_on_notify(struct database *database, void (*notified)(void *context, const char *payload), void *context)
{
    database->notified = notified;
    database->notified_context = context;
}

static void on_stop_timer(void *context)
{
    struct database *database = context;
    bool busy = false;
    for (size_t i = 0; i < database->count; i++)
        busy = busy || connection_is_busy(database->connections[i]);
    if (busy && uv_now(database->loop) < database->stop_at)
        return;
    timer_free(database->stop_timer);
    for (size_t i = 0; i < database->count; i++)
        connection_free(database->connections[i]);
    database->count = 0;
    database->closed(database->closed_context);
}

void database_stop(struct database *database, int timeout_ms, void (*closed)(void *context), void *context)
{
    enum { LOOK_MS = 5 };
    database->stopping = true;
    database->closed = closed;
    database->closed_context = context;
    fail_queue(database, "dsrd is stopping; try again.");
    database->stop_at = uv_now(database->loop) + (uint64_t)timeout_ms;
    database->stop_timer = timer_new(database->loop, on_stop_timer, database);
    if (database->stop_timer == NULL)
        on_stop_timer(database);
    else
        timer_start(database->stop_timer, 0, LOOK_MS);
}

void database_free(struct database *database)
{
    if (database == NULL)
        return;
    free(database->conninfo);
    free(database);
}
