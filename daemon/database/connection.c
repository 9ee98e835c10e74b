// SPDX-License-Identifier: GPL-3.0-or-later
#include "database/connection.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database/conninfo.h"
#include "database/refusal.h"
#include "loop/timer.h"
#include "loop/watcher.h"
#include "shared/failpoint.h"
#include "shared/log.h"
#include "shared/memory.h"
#include "vault/vault.h"

// DOWN: waiting to connect again. RESOLVING: names of hosts are being looked up. CONNECTING: in PQconnectPoll. ASKING: where the server stands.
// PREPARING: statements under way. IDLE, BUSY. BEATING: an idle one is asked whether it is alive. ROLLING_BACK: after a refused unit of work, before
// the next one.
enum connection_state { DOWN, RESOLVING, CONNECTING, ASKING, PREPARING, IDLE, BEATING, BUSY, ROLLING_BACK };

// Before 15.19 libpq could leave an answer that came by TLS in OpenSSL's buffer, and the loop waited for it.
enum { LIBPQ_SOUND = 150019 };

struct connection {
    struct connection_owner owner;
    size_t attempt; // which address comes first
    struct position position; // of its server
    uint64_t answered_at;     // when it last said anything
    enum connection_state state;
    PGconn *pg;
    struct watcher *watcher;
    struct timer *timer; // the deadline of what is under way, or the pause before the next try
    unsigned failures;
    struct call *call;
    struct error error; // of the unit of work
    bool retry;
    bool worthless; // this server cannot serve any more: connect anew
    char *json; // the call's answer, until COMMIT is confirmed
    size_t json_length;
    bool committed;
    bool alone; // committed on this server, but not on the one that would have to take its place
};

static const struct {
    const char *name;
    const char *sql;
    int parameters;
} statements[] = {
#define X(function, parameters, sql) [STATEMENT_##function] = {#function, sql, parameters},
    STATEMENT_TABLE(X)
#undef X
};

void call_fail(struct call *call, enum error_code code, const char *text)
{
    struct error error;
    error_set(&error, code, "", "%s", text);
    call->done(call->context, NULL, 0, false, &error);
    free(call->parameters[0]);
    free(call);
}

static void drop(struct connection *connection, const char *why);
static void start(struct connection *connection);
static void connect_now(struct connection *connection);
static void beat(struct connection *connection);
static void on_ready(void *context, bool readable, bool writable);

static void on_timer(void *context)
{
    struct connection *connection = context;
    if (connection->state == DOWN)
        start(connection);
    else if (connection->state == RESOLVING)
        connect_now(connection);
    else if (connection->state < IDLE)
        drop(connection, "no answer within database.connect_timeout_ms");
    else if (connection->state == IDLE)
        beat(connection);
    else if (connection->state == BEATING)
        drop(connection, "no answer within database.heartbeat_ms");
    else
        drop(connection, "no answer long after database.statement_timeout_ms");
}

// Exponential, with full jitter in the upper half, so that many daemons do not come back at once. Between two addresses of one round it does not grow:
// one that does not answer must not keep us from the next.
static uint64_t back_off(const struct connection *connection)
{
    uint64_t first = (uint64_t)connection->owner.config->database_backoff_first_ms;
    uint64_t last = (uint64_t)connection->owner.config->database_backoff_last_ms;
    size_t choices = hosts_choices(connection->owner.hosts);
    size_t rounds = choices > 1 ? connection->failures / choices : connection->failures;
    uint64_t pause = first << (rounds < 16 ? rounds : 16);
    if (choices > 1 && connection->failures % choices != 0)
        pause = first;
    if (pause > last)
        pause = last;
    uint32_t random;
    vault_random(&random, sizeof random);
    return pause / 2 + random % (pause / 2 + 1);
}

static void close_pg(struct connection *connection)
{
    watcher_free(connection->watcher);
    connection->watcher = NULL;
    if (connection->pg != NULL)
        PQfinish(connection->pg);
    connection->pg = NULL;
}

static void drop(struct connection *connection, const char *why)
{
    if (connection->failures == 0)
        log_warning("database: connection lost or refused (%s); trying again", why);
    close_pg(connection);
    if (connection->state < IDLE)
        connection->attempt++;
    connection->state = DOWN;
    free(connection->json);
    connection->json = NULL;
    struct call *call = connection->call;
    connection->call = NULL;
    timer_start(connection->timer, back_off(connection), 0);
    connection->failures++;
    connection->owner.lost(connection->owner.context, connection);
    if (call != NULL)
        call_fail(call, ERROR_unavailable, "The database went away; try again.");
}

// Who cancels a COMMIT that waits for the synchronous standby gets a warning, and we get our COMMIT confirmed, though a fail-over would undo it.
static void on_notice(void *context, const PGresult *result)
{
    struct connection *connection = context;
    connection->alone = connection->alone || refusal_is_unreplicated(result);
}

static bool watch(struct connection *connection, bool writing)
{
    watcher_free(connection->watcher);
    connection->watcher = watcher_new(connection->owner.loop, PQsocket(connection->pg), writing, on_ready, connection);
    return connection->watcher != NULL;
}

// libpq says what is wrong, and for which host; before anybody is logged in it cannot hold data.
static void drop_refused(struct connection *connection)
{
    char why[400];
    snprintf(why, sizeof why, "%s", connection->pg != NULL ? PQerrorMessage(connection->pg) : "no memory");
    for (size_t length = strlen(why); length > 0 && why[length - 1] == '\n';)
        why[--length] = '\0';
    drop(connection, why);
}

static void connect_now(struct connection *connection)
{
    char *conninfo = hosts_conninfo(connection->owner.hosts, connection->attempt);
    connection->state = CONNECTING;
    if (conninfo == NULL) {
        drop(connection, "no host of database.conninfo has an address");
        return;
    }
    connection->pg = PQconnectStart(conninfo);
    free(conninfo);
    if (connection->pg == NULL || PQstatus(connection->pg) == CONNECTION_BAD) {
        drop_refused(connection);
    } else if (!watch(connection, true)) {
        drop(connection, "no descriptors left");
    } else {
        PQsetNoticeReceiver(connection->pg, on_notice, connection);
        timer_start(connection->timer, (uint64_t)connection->owner.config->database_connect_timeout_ms, 0);
    }
}

static void start(struct connection *connection)
{
    connection->state = RESOLVING;
    if (names_look_up(connection->owner.names))
        connect_now(connection);
    else
        timer_start(connection->timer, (uint64_t)connection->owner.config->database_connect_timeout_ms / LOOK_UP_PART, 0);
}

void connection_resolved(struct connection *connection)
{
    if (connection->state == RESOLVING)
        connect_now(connection);
}

static bool flush(struct connection *connection)
{
    int left = PQflush(connection->pg);
    return left >= 0 && watcher_set_writing(connection->watcher, left == 1);
}

static bool send_sync(struct connection *connection)
{
    return PQpipelineSync(connection->pg) == 1 && flush(connection);
}

static bool send_question(struct connection *connection)
{
    PGconn *pg = connection->pg;
    return PQsetnonblocking(pg, 1) == 0 && PQenterPipelineMode(pg) == 1 &&
           PQsendQueryParams(pg, TIMELINE_QUERY, 0, NULL, NULL, NULL, NULL, 0) == 1 && send_sync(connection);
}

static bool send_prepares(struct connection *connection)
{
    PGconn *pg = connection->pg;
    char settings[SESSION_SETTINGS_SIZE];
    conninfo_session_settings(connection->owner.config, settings);
    bool good = PQsendQueryParams(pg, settings, 0, NULL, NULL, NULL, NULL, 0) == 1 &&
                PQsendPrepare(pg, "begin", "begin", 0, NULL) == 1 &&
                PQsendPrepare(pg, "enter", "select api.enter($1, $2, $3, $4)", 0, NULL) == 1 &&
                PQsendPrepare(pg, "commit", "commit", 0, NULL) == 1 &&
                PQsendPrepare(pg, "rollback", "rollback", 0, NULL) == 1;
    for (int i = 0; good && i < STATEMENT_COUNT; i++)
        good = PQsendPrepare(pg, statements[i].name, statements[i].sql, 0, NULL) == 1;
    return good && PQsendQueryParams(pg, "listen dsr", 0, NULL, NULL, NULL, NULL, 0) == 1 && send_sync(connection);
}

static void prepare(struct connection *connection)
{
    connection->state = PREPARING;
    connection->error = (struct error){0};
    connection->worthless = false;
    if (!send_prepares(connection))
        drop(connection, "cannot prepare");
}

static void on_connecting(struct connection *connection)
{
    PostgresPollingStatusType status = PQconnectPoll(connection->pg);
    if (status == PGRES_POLLING_FAILED) {
        drop_refused(connection);
    } else if (status != PGRES_POLLING_OK) {
        // The socket may be another one after every step: watch anew.
        if (!watch(connection, status == PGRES_POLLING_WRITING))
            drop(connection, "no descriptors left");
    } else {
        connection->state = ASKING;
        connection->position = (struct position){0};
        connection->worthless = false;
        if (!watch(connection, false) || !send_question(connection))
            drop(connection, "cannot ask");
    }
}

static void note_error(struct connection *connection, const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    connection->worthless = connection->worthless || refusal_is_fatal(result);
    if (connection->error.code != ERROR_NONE)
        return;
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
    if (state != NULL && strncmp(state, "DS", 2) == 0) {
        connection->retry = strcmp(state, "DS40R") == 0;
        enum error_code code = connection->retry ? ERROR_conflict : error_from_http_status((int)strtol(state + 2, NULL, 10));
        error_set(&connection->error, code, detail, "%s", message);
    } else if (refusal_is_fatal(result) || refusal_is_passing(result)) {
        error_set(&connection->error, ERROR_unavailable, "", "The database cannot take this now; try again.");
    } else {
        // The message may hold data, so only its number is logged.
        log_error("database: SQLSTATE %s in %s", state, connection->call != NULL ? statements[connection->call->statement].name : "prepare");
        error_set(&connection->error, ERROR_internal, "", "The database refused what dsrd sent (SQLSTATE %s).", state);
    }
}

static void become_idle(struct connection *connection)
{
    connection->state = IDLE;
    timer_start(connection->timer, (uint64_t)connection->owner.config->database_heartbeat_ms, 0);
    connection->owner.idle(connection->owner.context, connection);
}

// Nobody else would notice a server that vanished while nothing was asked of it, and its notifications with it.
static void beat(struct connection *connection)
{
    connection->state = BEATING;
    timer_start(connection->timer, (uint64_t)connection->owner.config->database_heartbeat_ms, 0);
    connection->owner.lost(connection->owner.context, connection);
    if (!timeline_is_current(connection->owner.timeline, &connection->position))
        drop(connection, "this server is not the primary any more");
    else if (!send_sync(connection))
        drop(connection, "cannot write");
}

static void finish_call(struct connection *connection)
{
    struct call *call = connection->call;
    char *json = connection->json;
    struct error error = connection->error;
    if (connection->committed && FAILPOINT(call_committed))
        connection->committed = false;
    bool failed = error.code != ERROR_NONE || !connection->committed || connection->alone;
    size_t length = connection->json_length;
    bool retry = connection->retry;
    connection->call = NULL;
    connection->json = NULL;
    if (failed && error.code == ERROR_NONE)
        error_set(&error, ERROR_unavailable, "", "The database did not confirm; try again.");
    if (connection->worthless) {
        drop(connection, "the server shuts down or takes no writes");
    } else if (failed) { // the transaction is still open, aborted
        connection->state = ROLLING_BACK;
        if (PQsendQueryPrepared(connection->pg, "rollback", 0, NULL, NULL, NULL, 0) != 1 || !send_sync(connection))
            drop(connection, "cannot roll back");
    }
    if (!failed)
        become_idle(connection); // before the answer is worked on, so that the next call is under way meanwhile
    call->done(call->context, failed ? NULL : json, failed ? 0 : length, retry, &error);
    free(json);
    free(call->parameters[0]);
    free(call);
}

// All of a pipeline has come.
static void on_sync(struct connection *connection)
{
    connection->answered_at = uv_now(connection->owner.loop);
    if (connection->state == ASKING) {
        struct error error;
        if (connection->worthless)
            drop(connection, "the server shuts down or takes no writes");
        else if (!timeline_admits(connection->owner.timeline, &connection->position, &error))
            drop(connection, error.text);
        else
            prepare(connection);
    } else if (connection->state == BUSY) {
        finish_call(connection);
    } else if (connection->state == ROLLING_BACK || connection->state == BEATING) {
        become_idle(connection);
    } else if (connection->state == PREPARING && connection->error.code != ERROR_NONE) {
        struct error error = connection->error;
        if (error.code == ERROR_internal) {
            error_set(&error, ERROR_internal, "", "The database lacks a function of this version of dsrd; run `dsrd migrate`.");
            connection->owner.refused(connection->owner.context, &error);
        }
        drop(connection, "cannot prepare");
    } else if (connection->state == PREPARING) {
        if (connection->failures > 0)
            log_notice("database: connected");
        if (PQsslInUse(connection->pg) && PQlibVersion() < LIBPQ_SOUND)
            log_warning("database: this libpq is older than 15.19: answers by TLS may come late; bring it up to date, or use a Unix socket");
        connection->failures = 0;
        become_idle(connection);
    }
}

static void on_result(struct connection *connection, PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_PIPELINE_SYNC) {
        on_sync(connection);
    } else if (connection->state == ASKING) { // who may not ask gets no answer, and goes on without
        connection->position = timeline_read(result);
        connection->worthless = status == PGRES_FATAL_ERROR && (refusal_is_fatal(result) || refusal_is_passing(result));
    } else if (status == PGRES_FATAL_ERROR) {
        note_error(connection, result);
    } else if (connection->state == BUSY && status == PGRES_COMMAND_OK) {
        connection->committed = strcmp(PQcmdStatus(result), "COMMIT") == 0;
    } else if (connection->state == BUSY && status == PGRES_TUPLES_OK && PQntuples(result) == 1 && PQfformat(result, 0) == 0 &&
               strcmp(PQfname(result, 0), "enter") != 0) {
        free(connection->json);
        bool is_null = PQgetisnull(result, 0, 0) == 1;
        connection->json = is_null ? NULL : strdup(PQgetvalue(result, 0, 0));
        connection->json_length = (size_t)PQgetlength(result, 0, 0);
        // It may well be done; who repeats a call under its key learns that.
        if (connection->json == NULL && !is_null && connection->error.code == ERROR_NONE)
            memory_error(&connection->error);
    }
}

static void read_results(struct connection *connection)
{
    if (PQconsumeInput(connection->pg) != 1) {
        drop(connection, "closed by the server");
        return;
    }
    // A pipeline gives each statement's results, then NULL; between two of them NULL is not the end.
    int nulls = 0;
    while (connection->pg != NULL && !PQisBusy(connection->pg) && nulls < 2) {
        PGresult *result = PQgetResult(connection->pg);
        if (result == NULL) {
            nulls++;
            continue;
        }
        nulls = 0;
        on_result(connection, result);
        PQclear(result);
    }
    for (PGnotify *notify; connection->pg != NULL && (notify = PQnotifies(connection->pg)) != NULL; PQfreemem(notify))
        connection->owner.notified(connection->owner.context, notify->extra);
    if (connection->pg != NULL && PQstatus(connection->pg) == CONNECTION_BAD)
        drop(connection, "closed by the server");
}

static void on_ready(void *context, bool readable, bool writable)
{
    struct connection *connection = context;
    if (connection->state == CONNECTING) {
        on_connecting(connection);
        return;
    }
    if (writable && !flush(connection)) {
        drop(connection, "cannot write");
        return;
    }
    if (readable)
        read_results(connection);
}

void connection_run(struct connection *connection, struct call *call)
{
    PGconn *pg = connection->pg;
    char library[16];
    snprintf(library, sizeof library, "%d", call->who.library);
    const char *enter[] = {library, call->who.account, call->who.roles, call->who.reach != NULL ? call->who.reach : ""};
    const char *const parameters[] = {call->parameters[0]};
    connection->call = call;
    connection->state = BUSY;
    connection->error = (struct error){0};
    connection->retry = connection->committed = connection->alone = connection->worthless = false;
    timer_start(connection->timer, (uint64_t)connection->owner.config->database_statement_timeout_ms + SESSION_MARGIN_MS, 0);
    if (!timeline_is_current(connection->owner.timeline, &connection->position)) {
        drop(connection, "this server is not the primary any more");
        return;
    }
    if (FAILPOINT(call_sends) || PQsendQueryPrepared(pg, "begin", 0, NULL, NULL, NULL, 0) != 1 ||
        PQsendQueryPrepared(pg, "enter", 4, enter, NULL, NULL, 0) != 1 ||
        PQsendQueryPrepared(pg, statements[call->statement].name, statements[call->statement].parameters, parameters, NULL, NULL, 0) != 1 ||
        PQsendQueryPrepared(pg, "commit", 0, NULL, NULL, NULL, 0) != 1 || !send_sync(connection) || FAILPOINT(call_sent))
        drop(connection, "cannot send");
}

struct connection *connection_new(const struct connection_owner *owner, size_t first)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL)
        return NULL;
    connection->owner = *owner;
    connection->attempt = first;
    connection->timer = timer_new(owner->loop, on_timer, connection);
    if (connection->timer == NULL) {
        free(connection);
        return NULL;
    }
    timer_start(connection->timer, 0, 0);
    return connection;
}

bool connection_is_up(const struct connection *connection)
{
    return connection->state >= IDLE;
}

uint64_t connection_answered_at(const struct connection *connection)
{
    return connection->answered_at;
}

bool connection_is_busy(const struct connection *connection)
{
    return connection->call != NULL;
}

void connection_free(struct connection *connection)
{
    struct call *call = connection->call;
    connection->call = NULL;
    close_pg(connection);
    timer_free(connection->timer);
    free(connection->json);
    free(connection);
    if (call != NULL)
        call_fail(call, ERROR_unavailable, "dsrd is stopping; try again.");
}
