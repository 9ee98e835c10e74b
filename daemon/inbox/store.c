// SPDX-License-Identifier: GPL-3.0-or-later
#include "inbox/store.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database/refusal.h"
#include "database/schema_version.h"

struct store {
    const struct config *config;
    char *conninfo;
    PGconn *pg;
};

static const char *const statements[][2] = {
    {"mark", "select api.inbox_mark($1::int, $2)::text"},
    {"store", "select api.inbox_store($1::int, $2::jsonb)::text"},
};

struct store *store_new(const struct config *config, const char *conninfo, struct error *error)
{
    struct store *store = calloc(1, sizeof *store);
    if (store != NULL)
        store->conninfo = strdup(conninfo);
    if (store == NULL || store->conninfo == NULL) {
        free(store);
        error_set(error, ERROR_internal, "", "No memory for the inbox.");
        return NULL;
    }
    store->config = config;
    return store;
}

void store_free(struct store *store)
{
    if (store == NULL)
        return;
    PQfinish(store->pg);
    free(store->conninfo);
    free(store);
}

static bool fail(const PGconn *pg, const PGresult *result, const char *what, struct error *error)
{
    return refusal_set(pg, result, what, refusal_is_passing(result) ? ERROR_unavailable : ERROR_internal, error);
}

static bool set_timeouts(const struct store *store, struct error *error)
{
    char sql[128];
    snprintf(sql, sizeof sql, "set statement_timeout = %d; set lock_timeout = %d", store->config->database_statement_timeout_ms,
             store->config->database_lock_timeout_ms);
    PGresult *result = PQexec(store->pg, sql);
    bool good = PQresultStatus(result) == PGRES_COMMAND_OK || fail(store->pg, result, "settings", error);
    PQclear(result);
    return good;
}

bool store_connect(struct store *store, struct error *error)
{
    if (store->pg != NULL && PQstatus(store->pg) == CONNECTION_OK)
        return schema_check(store->pg, error); // it may have been brought to a newer version since
    PQfinish(store->pg);
    store->pg = PQconnectdb(store->conninfo);
    bool good = (PQstatus(store->pg) == CONNECTION_OK || fail(store->pg, NULL, "connection", error)) && set_timeouts(store, error) &&
                schema_check(store->pg, error);
    for (size_t i = 0; good && i < sizeof statements / sizeof statements[0]; i++) {
        PGresult *result = PQprepare(store->pg, statements[i][0], statements[i][1], 0, NULL);
        good = PQresultStatus(result) == PGRES_COMMAND_OK || fail(store->pg, result, "prepare; run `dsrd migrate`", error);
        PQclear(result);
    }
    if (!good) {
        PQfinish(store->pg);
        store->pg = NULL;
    }
    return good;
}

static json_t *call(struct store *store, const char *statement, const char *value, struct error *error)
{
    const char *values[] = {"1", value};
    json_t *answer = NULL;
    PGresult *result = PQexecPrepared(store->pg, statement, 2, values, NULL, NULL, 0);
    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
        answer = PQgetisnull(result, 0, 0) ? json_null() : json_loads(PQgetvalue(result, 0, 0), JSON_DECODE_ANY, NULL);
    if (answer == NULL)
        fail(store->pg, result, statement, error);
    PQclear(result);
    return answer;
}

bool store_mark(struct store *store, const char *source, struct source_mark *mark, struct error *error)
{
    *mark = (struct source_mark){0, 0};
    if (source[0] == '\0')
        return true;
    json_t *answer = call(store, "mark", source, error);
    if (answer == NULL)
        return false;
    mark->uidvalidity = json_integer_value(json_object_get(answer, "uidvalidity"));
    mark->uid = json_integer_value(json_object_get(answer, "uid"));
    json_decref(answer);
    return true;
}

json_t *store_put(struct store *store, const char *source, const struct source_mail *mail, json_t *description, struct error *error)
{
    json_object_set_new(description, "sha256", json_string(mail->sha256));
    json_object_set_new(description, "size", json_integer(mail->size));
    if (mail->came_at[0] != '\0')
        json_object_set_new(description, "came_at", json_string(mail->came_at));
    if (mail->cut)
        json_object_set_new(description, "cut", json_true());
    if (mail->uid != 0) {
        json_object_set_new(description, "source", json_string(source));
        json_object_set_new(description, "uid", json_integer(mail->uid));
        json_object_set_new(description, "uidvalidity", json_integer(mail->uidvalidity));
    }
    char *text = json_dumps(description, JSON_COMPACT);
    json_t *answer = text != NULL ? call(store, "store", text, error) : NULL;
    if (text == NULL)
        error_set(error, ERROR_unavailable, "", "No memory for the inbox.");
    free(text);
    return answer;
}
