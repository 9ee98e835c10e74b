// SPDX-License-Identifier: GPL-3.0-or-later
#include "database/database.h"

#include <stdlib.h>
#include <string.h>

#include "database/connection.h"
#include "database/hosts.h"
#include "loop/timer.h"
#include "shared/memory.h"

enum { CONNECTIONS_MAXIMUM = 64 };

struct database {
    uv_loop_t *loop;
    const struct config *config;
    struct hosts *hosts;
    struct names *names;
    struct timeline *timeline;
    struct timer *queue_timer; // for calls that wait too long
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
    struct timer *stop_timer; // made at the start: a stop must not fail for memory
    uint64_t stop_at;
    void (*closed)(void *context);
    void *closed_context;
    bool stopping;
};

static struct call *take_first(struct database *database)
{
    struct call *call = database->first;
    database->first = call->next;
    if (database->first == NULL)
        database->last = NULL;
    database->queued--;
    return call;
}

static void on_queue_timer(void *context);
static void on_stop_timer(void *context);

static void on_names(void *context)
{
    struct database *database = context;
    for (size_t i = 0; i < database->count; i++)
        connection_resolved(database->connections[i]);
}

struct database *database_new(uv_loop_t *loop, const struct config *config, const char *conninfo, struct error *error)
{
    struct database *database = calloc(1, sizeof *database);
    error->code = ERROR_NONE;
    if (database != NULL) {
        *database = (struct database){.loop = loop, .config = config, .hosts = hosts_new(conninfo, error)};
        database->timeline = timeline_open(config->database_timeline_file);
        database->queue_timer = timer_new(loop, on_queue_timer, database);
        database->stop_timer = timer_new(loop, on_stop_timer, database);
    }
    if (database != NULL && database->hosts != NULL)
        database->names = names_new(loop, database->hosts, on_names, database);
    if (database != NULL && database->names != NULL && database->timeline != NULL && database->queue_timer != NULL &&
        database->stop_timer != NULL)
        return database;
    if (error->code == ERROR_NONE)
        memory_error(error);
    database_free(database);
    return NULL;
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
    connection_run(connection, take_first(database));
}

static void fail_queue(struct database *database, const char *text)
{
    while (database->first != NULL)
        call_fail(take_first(database), ERROR_unavailable, text);
}

// What has waited too long is answered: whoever asked has better things to do than to wait, and asks again.
static void on_queue_timer(void *context)
{
    struct database *database = context;
    uint64_t now = uv_now(database->loop), patience = (uint64_t)database->config->database_queue_timeout_ms;
    while (database->first != NULL && now - database->first->queued_at >= patience)
        call_fail(take_first(database), ERROR_unavailable, "The database is too slow now; try again.");
    if (database->first != NULL)
        timer_start(database->queue_timer, database->first->queued_at + patience - now, 0);
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
    struct connection_owner owner = {database->loop, database->config, database->hosts, database->names, database->timeline, database, on_idle, on_lost, on_refused, on_notified};
    for (int i = 0; i < database->config->database_connections && i < CONNECTIONS_MAXIMUM; i++) {
        struct connection *connection = connection_new(&owner, (size_t)i); // not all wait for the same host
        if (connection != NULL)
            database->connections[database->count++] = connection;
    }
}

void database_call(struct database *database, const struct principal *who, enum statement statement,
                   const char *const *parameters, database_done *done, void *context)
{
    struct call *call = calloc(1, sizeof *call);
    const char *parameter = parameters != NULL ? parameters[0] : NULL;
    char *copy = parameter != NULL ? strdup(parameter) : NULL;
    struct error error;
    if (call == NULL || (parameter != NULL && copy == NULL)) {
        free(call);
        free(copy);
        memory_error(&error);
        done(context, NULL, 0, false, &error);
        return;
    }
    *call = (struct call){.who = *who, .statement = statement, .parameters = {copy}, .done = done, .context = context};
    if (database->stopping || !database_is_up(database) || database->queued >= (size_t)database->config->database_queue_limit) {
        call_fail(call, ERROR_unavailable, "The database is not reachable now; try again.");
        return;
    }
    if (database->idle_count > 0) {
        connection_run(database->idle[--database->idle_count], call);
        return;
    }
    call->queued_at = uv_now(database->loop);
    if (database->last != NULL)
        database->last->next = call;
    else
        database->first = call;
    if (database->last == NULL)
        timer_start(database->queue_timer, (uint64_t)database->config->database_queue_timeout_ms, 0);
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

size_t database_waiting(const struct database *database)
{
    return database->queued;
}

uint64_t database_now(const struct database *database)
{
    return uv_now(database->loop);
}

int64_t database_silent_ms(const struct database *database)
{
    uint64_t last = 0;
    for (size_t i = 0; i < database->count; i++)
        if (connection_answered_at(database->connections[i]) > last)
            last = connection_answered_at(database->connections[i]);
    return last > 0 ? (int64_t)(uv_now(database->loop) - last) : -1;
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
    timer_stop(database->stop_timer);
    timer_stop(database->queue_timer);
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
    timer_start(database->stop_timer, 0, LOOK_MS);
}

void database_free(struct database *database)
{
    if (database == NULL)
        return;
    timer_free(database->queue_timer);
    timer_free(database->stop_timer);
    names_free(database->names);
    hosts_free(database->hosts);
    timeline_close(database->timeline);
    free(database);
}
