// SPDX-License-Identifier: GPL-3.0-or-later
#include "mail/outbox.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "database/refusal.h"
#include "database/schema_version.h"
#include "shared/failpoint.h"

enum { NUMBER_SIZE = 16, PARAMETERS = 5 };

struct outbox {
    const struct config *config;
    char *conninfo;
    PGconn *pg;
    char incarnation[UUID_TEXT_SIZE];
    char library[NUMBER_SIZE]; // whose messages were leased last
};

static const char *const statements[][2] = {
    {"lease", "select api.mail_lease($1::int, $2::uuid, $3::int, $4::int, $5::int)::text"},
    {"begin", "select api.mail_begin($1::int, $2::jsonb)::text"},
    {"verdict", "select api.mail_verdict($1::int, $2::jsonb)::text"},
    {"release", "select api.mail_release($1::int, $2::uuid, $3::int)::text"},
    {"ring", "select api.ring_check($1::jsonb)::text"},
    {"lock", "select pg_advisory_lock(hashtextextended($1, 1))"},
};

struct outbox *outbox_new(const struct config *config, const char *conninfo, struct error *error)
{
    struct outbox *outbox = calloc(1, sizeof *outbox);
    if (outbox != NULL)
        outbox->conninfo = strdup(conninfo);
    if (outbox == NULL || outbox->conninfo == NULL) {
        free(outbox);
        error_set(error, ERROR_internal, "", "No memory for the mailer.");
        return NULL;
    }
    outbox->config = config;
    snprintf(outbox->library, sizeof outbox->library, "0");
    return outbox;
}

void outbox_free(struct outbox *outbox)
{
    if (outbox == NULL)
        return;
    PQfinish(outbox->pg);
    free(outbox->conninfo);
    free(outbox);
}

const char *outbox_incarnation(const struct outbox *outbox)
{
    return outbox->incarnation;
}

static bool fail(const PGconn *pg, const PGresult *result, const char *what, struct error *error)
{
    return refusal_set(pg, result, what, ERROR_internal, error);
}

static bool run(PGconn *pg, const char *sql, const char *what, struct error *error)
{
    PGresult *result = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(result);
    bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || fail(pg, result, what, error);
    PQclear(result);
    return good;
}

static bool prepare(PGconn *pg, struct error *error)
{
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        PGresult *result = PQprepare(pg, statements[i][0], statements[i][1], 0, NULL);
        bool good = PQresultStatus(result) == PGRES_COMMAND_OK || fail(pg, result, "prepare; run `dsrd migrate`", error);
        PQclear(result);
        if (!good)
            return false;
    }
    return true;
}

static json_t *call(struct outbox *outbox, const char *statement, int count, const char *const *values, struct error *error)
{
    json_t *answer = NULL;
    PGresult *result = PQexecPrepared(outbox->pg, statement, count, values, NULL, NULL, 0);
    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
        answer = json_loads(PQgetvalue(result, 0, 0), JSON_DECODE_ANY, NULL);
    if (answer == NULL)
        fail(outbox->pg, result, statement, error);
    PQclear(result);
    return answer;
}

// The connection breaks, for a test.
static json_t *cut(const struct outbox *outbox, json_t *answer, struct error *error)
{
    shutdown(PQsocket(outbox->pg), SHUT_RDWR);
    json_decref(answer);
    error_set(error, ERROR_unavailable, "", "The connection was cut.");
    return NULL;
}

static bool set_timeouts(struct outbox *outbox, struct error *error)
{
    char sql[160];
    snprintf(sql, sizeof sql, "set statement_timeout = %d; set lock_timeout = %d; listen dsr", outbox->config->database_statement_timeout_ms,
             outbox->config->database_lock_timeout_ms);
    return run(outbox->pg, sql, "settings", error);
}

static bool lock(const struct outbox *outbox, struct error *error)
{
    const char *values[] = {outbox->incarnation};
    PGresult *result = PQexecPrepared(outbox->pg, "lock", 1, values, NULL, NULL, 0);
    bool good = PQresultStatus(result) == PGRES_TUPLES_OK || fail(outbox->pg, result, "lock", error);
    PQclear(result);
    return good;
}

bool outbox_connect(struct outbox *outbox, struct error *error)
{
    if (outbox->pg != NULL && PQstatus(outbox->pg) == CONNECTION_OK)
        return true;
    PQfinish(outbox->pg);
    outbox->pg = PQconnectdb(outbox->conninfo);
    if (PQstatus(outbox->pg) != CONNECTION_OK)
        return fail(outbox->pg, NULL, "connection", error);
    vault_uuid(outbox->incarnation);
    if (set_timeouts(outbox, error) && schema_check(outbox->pg, error) && prepare(outbox->pg, error) && lock(outbox, error)) {
        if (FAILPOINT(mailer_connected))
            cut(outbox, NULL, error);
        return true;
    }
    PQfinish(outbox->pg); // half made, it would be taken for a good one the next time
    outbox->pg = NULL;
    return false;
}

bool outbox_serves(struct outbox *outbox, struct error *error)
{
    return schema_check(outbox->pg, error);
}

json_t *outbox_lease(struct outbox *outbox, struct error *error)
{
    char count[NUMBER_SIZE], seconds[NUMBER_SIZE], pause[NUMBER_SIZE];
    snprintf(count, sizeof count, "%d", outbox->config->mail_batch);
    snprintf(seconds, sizeof seconds, "%d", outbox->config->mail_lease_s);
    snprintf(pause, sizeof pause, "%d", outbox->config->mail_doubt_pause_s);
    const char *values[PARAMETERS] = {outbox->library, outbox->incarnation, count, seconds, pause};
    json_t *leased = call(outbox, "lease", PARAMETERS, values, error);
    const json_t *library = json_object_get(json_object_get(leased, "library"), "id");
    if (json_is_integer(library))
        snprintf(outbox->library, sizeof outbox->library, "%lld", (long long)json_integer_value(library));
    return leased != NULL && FAILPOINT(mailer_leased) ? cut(outbox, leased, error) : leased;
}

static json_t *call_with(struct outbox *outbox, const char *statement, const json_t *json, struct error *error)
{
    char *text = json_dumps(json, JSON_COMPACT);
    const char *values[] = {outbox->library, text};
    json_t *answer = text != NULL ? call(outbox, statement, 2, values, error) : NULL;
    free(text);
    return answer;
}

json_t *outbox_begin(struct outbox *outbox, const json_t *begin, struct error *error)
{
    if (FAILPOINT(mailer_prepared))
        return cut(outbox, NULL, error);
    json_t *answer = call_with(outbox, "begin", begin, error);
    return answer != NULL && FAILPOINT(mailer_begun) ? cut(outbox, answer, error) : answer;
}

json_t *outbox_verdict(struct outbox *outbox, const json_t *verdict, struct error *error)
{
    if (FAILPOINT(mailer_recording))
        return cut(outbox, NULL, error);
    json_t *answer = call_with(outbox, "verdict", verdict, error);
    return answer != NULL && FAILPOINT(mailer_recorded) ? cut(outbox, answer, error) : answer;
}

json_t *outbox_release(struct outbox *outbox, int pause_s, struct error *error)
{
    char pause[NUMBER_SIZE];
    snprintf(pause, sizeof pause, "%d", pause_s);
    const char *values[] = {outbox->library, outbox->incarnation, pause};
    if (FAILPOINT(mailer_releasing))
        return cut(outbox, NULL, error);
    json_t *answer = call(outbox, "release", 3, values, error);
    return answer != NULL && FAILPOINT(mailer_released) ? cut(outbox, answer, error) : answer;
}

json_t *outbox_ring(struct outbox *outbox, const json_t *ring, struct error *error)
{
    char *text = json_dumps(ring, JSON_COMPACT);
    const char *values[] = {text};
    json_t *answer = text != NULL ? call(outbox, "ring", 1, values, error) : NULL;
    if (text == NULL)
        error_set(error, ERROR_unavailable, "", "No memory for the mailer.");
    free(text);
    return answer;
}

void outbox_wait(struct outbox *outbox, int timeout_ms)
{
    bool notified = false;
    struct pollfd poller = {.fd = outbox->pg != NULL ? PQsocket(outbox->pg) : -1, .events = POLLIN};
    PQconsumeInput(outbox->pg);
    for (PGnotify *notice; (notice = PQnotifies(outbox->pg)) != NULL; PQfreemem(notice))
        notified = true;
    if (notified || poll(&poller, 1, timeout_ms) <= 0)
        return;
    PQconsumeInput(outbox->pg); // a closed connection shows here
    for (PGnotify *notice; (notice = PQnotifies(outbox->pg)) != NULL;)
        PQfreemem(notice);
}
