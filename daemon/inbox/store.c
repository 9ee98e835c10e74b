// SPDX-License-Identifier: GPL-3.0-or-later
#include "inbox/store.h"

#include <stdlib.h>

#include "database/session.h"
#include "shared/json.h"
#include "shared/memory.h"

struct store {
    struct session *session;
};

static const struct session_statement statements[] = {
    {"mark", "select api.inbox_mark($1::int, $2)::text"},
    {"store", "select api.inbox_store($1::int, $2::jsonb)::text"},
};

struct store *store_new(const struct config *config, const char *conninfo, struct error *error)
{
    struct store *store = calloc(1, sizeof *store);
    if (store != NULL)
        store->session = session_new(config, conninfo, statements, sizeof statements / sizeof statements[0], false);
    if (store == NULL || store->session == NULL) {
        free(store);
        memory_error(error);
        return NULL;
    }
    return store;
}

void store_free(struct store *store)
{
    if (store == NULL)
        return;
    session_free(store->session);
    free(store);
}

bool store_connect(struct store *store, struct error *error)
{
    bool fresh;
    return session_connect(store->session, &fresh, error) && (fresh || session_serves(store->session, error)); // it may have been brought to a newer version since
}

static json_t *call(struct store *store, const char *statement, const char *value, struct error *error)
{
    const char *values[] = {"1", value};
    PGresult *result = session_call(store->session, statement, 2, values, error);
    if (result == NULL)
        return NULL;
    json_t *answer = PQgetisnull(result, 0, 0) ? json_null() : json_read_text(PQgetvalue(result, 0, 0), JSON_DECODE_ANY);
    if (answer == NULL)
        memory_error(error);
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
    unsigned long memory = memory_failures();
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
    json_t *answer = text != NULL && memory_sufficed(memory, error) ? call(store, "store", text, error) : NULL;
    if (text == NULL)
        memory_error(error);
    free(text);
    return answer;
}
