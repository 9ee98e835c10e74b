// SPDX-License-Identifier: GPL-3.0-or-later
#include "database/session.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "database/conninfo.h"
#include "database/hosts.h"
#include "database/lookup.h"
#include "database/refusal.h"
#include "database/schema_version.h"
#include "database/timeline.h"
#include "shared/elapsed.h"
#include "shared/json.h"
#include "shared/memory.h"

struct session {
    const struct config *config;
    struct hosts *hosts;
    struct lookup *lookup;
    size_t attempt; // which address comes first
    const struct session_statement *statements;
    size_t count;
    bool listens;
    PGconn *pg; // NULL: not connected
    struct timeline *timeline;
    struct position position;
    bool alone; // what was committed is not on the synchronous standby
};

struct session *session_new(const struct config *config, const char *conninfo, const struct session_statement *statements, size_t count, bool listens)
{
    struct session *session = calloc(1, sizeof *session);
    if (session == NULL)
        return NULL;
    struct error ignored; // the connection string has been read once already
    *session = (struct session){.config = config, .hosts = hosts_new(conninfo, &ignored), .statements = statements, .count = count, .listens = listens,
                                .timeline = timeline_open(config->database_timeline_file)};
    if (session->hosts != NULL)
        session->lookup = lookup_new(session->hosts);
    if (session->lookup != NULL && session->timeline != NULL)
        return session;
    session_free(session);
    return NULL;
}

static void give_up(struct session *session)
{
    PQfinish(session->pg); // NULL is fine; nothing is waited for
    session->pg = NULL;
}

void session_free(struct session *session)
{
    if (session == NULL)
        return;
    give_up(session);
    timeline_close(session->timeline);
    lookup_free(session->lookup);
    hosts_free(session->hosts);
    free(session);
}

// Whether the socket can be read, or written when there is something to write, before that moment. A signal does not end it.
static bool wait_until(const struct session *session, int64_t until)
{
    for (;;) {
        int left = PQflush(session->pg);
        struct pollfd poller = {.fd = PQsocket(session->pg), .events = (short)(POLLIN | (left == 1 ? POLLOUT : 0))};
        int64_t ms = until - elapsed_ms();
        int ready = left >= 0 && ms > 0 ? poll(&poller, 1, (int)ms) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        return ready > 0;
    }
}

// A TLS record may be longer than what libpq reads of it at once, and poll() does not see the rest.
static bool read_all(PGconn *pg)
{
    enum { READS = 3 };
    bool good = true;
    for (int i = 0; good && i < READS; i++)
        good = PQconsumeInput(pg) == 1;
    return good;
}

// The last result of what was sent; NULL: the server did not answer in time, or is gone, and so is the connection.
static PGresult *take_result(struct session *session, int timeout_ms)
{
    int64_t until = elapsed_ms() + timeout_ms;
    PGresult *last = NULL;
    for (;;) {
        while (PQisBusy(session->pg) != 0)
            if (!wait_until(session, until) || !read_all(session->pg)) {
                PQclear(last);
                give_up(session);
                return NULL;
            }
        PGresult *result = PQgetResult(session->pg);
        if (result == NULL)
            return last;
        PQclear(last);
        last = result;
    }
}

static int patience(const struct session *session)
{
    return session->config->database_statement_timeout_ms + SESSION_MARGIN_MS;
}

static bool fail(struct session *session, const PGresult *result, const char *what, struct error *error)
{
    if (session->pg == NULL)
        return error_set(error, ERROR_unavailable, "database", "The database does not answer (%s).", what);
    bool good = refusal_set(session->pg, result, what, refusal_is_passing(result) ? ERROR_unavailable : ERROR_internal, error);
    if (PQstatus(session->pg) != CONNECTION_OK || refusal_is_fatal(result))
        give_up(session);
    return good;
}

// Ends what was sent: true when it went well.
static bool finish(struct session *session, bool sent, const char *what, PGresult **answer, struct error *error)
{
    PGresult *result = sent ? take_result(session, patience(session)) : NULL;
    ExecStatusType status = PQresultStatus(result);
    bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || fail(session, result, what, error);
    if (good && answer != NULL)
        *answer = result;
    else
        PQclear(result);
    return good;
}

static bool run(struct session *session, const char *sql, const char *what, PGresult **answer, struct error *error)
{
    return finish(session, PQsendQueryParams(session->pg, sql, 0, NULL, NULL, NULL, NULL, 0) == 1, what, answer, error);
}

bool session_serves(struct session *session, struct error *error)
{
    PGresult *answer = NULL;
    if (session->pg == NULL)
        return fail(session, NULL, "version", error);
    if (!run(session, "select api.schema_state()::text", "to tell its version; run `dsrd migrate`", &answer, error))
        return false;
    json_t *state = json_read_text(PQgetvalue(answer, 0, 0), 0);
    PQclear(answer);
    bool good = state != NULL ? schema_serves(state, error) : memory_error(error);
    json_decref(state);
    return good;
}

void session_cut(struct session *session)
{
    if (session->pg != NULL)
        shutdown(PQsocket(session->pg), SHUT_RDWR);
}

static bool prepare(struct session *session, struct error *error)
{
    char settings[SESSION_SETTINGS_SIZE];
    conninfo_session_settings(session->config, settings);
    bool good = run(session, settings, "settings", NULL, error) && session_serves(session, error);
    for (size_t i = 0; good && i < session->count; i++)
        good = finish(session, PQsendPrepare(session->pg, session->statements[i].name, session->statements[i].sql, 0, NULL) == 1,
                      "prepare; run `dsrd migrate`", NULL, error);
    return good && (!session->listens || run(session, "listen dsr", "listen", NULL, error));
}

// A server that may not be asked is taken as it is.
static bool admit(struct session *session, struct error *error)
{
    PGresult *answer = PQsendQueryParams(session->pg, TIMELINE_QUERY, 0, NULL, NULL, NULL, NULL, 0) == 1 ? take_result(session, patience(session)) : NULL;
    session->position = timeline_read(answer);
    bool good = PQresultStatus(answer) == PGRES_TUPLES_OK ? timeline_admits(session->timeline, &session->position, error)
                                                          : !refusal_is_passing(answer) || fail(session, answer, "timeline", error);
    PQclear(answer);
    return good;
}

// Who cancels a COMMIT that waits for the synchronous standby gets a warning, and we get our COMMIT confirmed, though a fail-over would undo it.
static void on_notice(void *context, const PGresult *notice)
{
    struct session *session = context;
    session->alone = session->alone || refusal_is_unreplicated(notice);
}

bool session_connect(struct session *session, bool *fresh, struct error *error)
{
    *fresh = false;
    if (session->pg != NULL && PQstatus(session->pg) == CONNECTION_OK && timeline_is_current(session->timeline, &session->position))
        return true;
    give_up(session);
    lookup_run(session->lookup, session->config->database_connect_timeout_ms / LOOK_UP_PART);
    char *conninfo = hosts_conninfo(session->hosts, session->attempt);
    session->pg = conninfo != NULL ? PQconnectdb(conninfo) : NULL; // connect_timeout ends this for each host
    free(conninfo);
    bool good = session->pg != NULL && PQstatus(session->pg) == CONNECTION_OK && PQsetnonblocking(session->pg, 1) == 0;
    if (good)
        PQsetNoticeReceiver(session->pg, on_notice, session);
    else
        fail(session, NULL, "connection", error);
    *fresh = good && admit(session, error) && prepare(session, error);
    if (!*fresh) {
        give_up(session);
        session->attempt++; // an old primary must not keep us from the new one
    }
    return *fresh;
}

PGresult *session_call(struct session *session, const char *statement, int count, const char *const *values, struct error *error)
{
    PGresult *answer = NULL;
    session->alone = false;
    if (session->pg == NULL || !timeline_is_current(session->timeline, &session->position)) {
        give_up(session);
        fail(session, NULL, statement, error);
        return NULL;
    }
    bool sent = PQsendQueryPrepared(session->pg, statement, count, values, NULL, NULL, 0) == 1;
    if (!finish(session, sent, statement, &answer, error))
        return NULL;
    if (PQntuples(answer) == 1 && !session->alone)
        return answer;
    PQclear(answer);
    error_set(error, session->alone ? ERROR_unavailable : ERROR_internal, "database", session->alone ? "The standby of the database did not confirm (%s)." : "The database gives no answer (%s).",
              statement);
    if (session->alone)
        give_up(session);
    return NULL;
}

static bool take_notifications(struct session *session)
{
    bool any = false;
    for (PGnotify *notice; (notice = PQnotifies(session->pg)) != NULL; PQfreemem(notice))
        any = true;
    return any;
}

static bool is_alive(struct session *session)
{
    PGresult *result = PQsendQueryParams(session->pg, "", 0, NULL, NULL, NULL, NULL, 0) == 1 ? take_result(session, session->config->database_heartbeat_ms) : NULL;
    bool good = PQresultStatus(result) == PGRES_EMPTY_QUERY;
    PQclear(result);
    if (!good)
        give_up(session);
    return good;
}

void session_wait(struct session *session, int timeout_ms)
{
    while (session->pg != NULL && !take_notifications(session) && timeout_ms > 0) {
        int part = timeout_ms < session->config->database_heartbeat_ms ? timeout_ms : session->config->database_heartbeat_ms;
        struct pollfd poller = {.fd = PQsocket(session->pg), .events = POLLIN};
        int ready = poll(&poller, 1, part);
        if (ready < 0)
            return; // a signal
        if (ready > 0 && !read_all(session->pg))
            give_up(session);
        if (ready == 0 && !is_alive(session))
            return;
        timeout_ms -= ready == 0 ? part : 0;
    }
}
