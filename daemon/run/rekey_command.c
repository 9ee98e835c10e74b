// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/rekey_command.h"

#include <jansson.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "database/conninfo.h"
#include "shared/json.h"
#include "shared/memory.h"
#include "vault/reseal.h"

enum { HELD_PAUSE_MS = 200 };

struct rekey {
    const struct config *config;
    struct vault *vault;
    PGconn *pg;
    json_t *keys;
    size_t found, written, failed; // in this pass
    size_t all_written;
    int shown; // per cent
};

// One call of the API's functions; the JSON is taken. New reference or NULL. The server's message may hold
// data, so only its number goes on.
static json_t *call(struct rekey *rekey, const char *sql, json_t *question, struct error *error)
{
    char *text = question != NULL ? json_dumps(question, JSON_COMPACT) : NULL;
    const char *values[] = {text};
    PGresult *result = text != NULL ? PQexecParams(rekey->pg, sql, 1, NULL, values, NULL, NULL, 0) : NULL;
    json_t *answer = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1
                         ? json_read_text(PQgetvalue(result, 0, 0), 0)
                         : NULL;
    const char *state = result != NULL ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    if (answer == NULL)
        error_set(error, ERROR_unavailable, "database",
                  "The database does not do it (SQLSTATE %s). What was sealed anew stays so; call `dsrd "
                  "rekey` again.",
                  state != NULL ? state : "none");
    PQclear(result);
    json_decref(question);
    free(text);
    return answer;
}

static void show_progress(struct rekey *rekey, const json_t *answer)
{
    json_int_t looked = json_integer_value(json_object_get(answer, "looked")),
               all = json_integer_value(json_object_get(answer, "blocks"));
    int percent = all > 0 ? (int)(looked * 100 / all) : 100;
    bool terminal = isatty(STDERR_FILENO) == 1;
    if (percent < rekey->shown + (terminal ? 1 : 10) && percent != 100)
        return;
    rekey->shown = percent;
    fprintf(stderr,
            terminal ? "\r%3d %% looked through, %zu rows sealed anew "
                     : "%3d %% looked through, %zu rows sealed anew\n",
            percent, rekey->all_written + rekey->written);
    if (terminal && percent == 100)
        fputc('\n', stderr);
}

static bool write_rows(struct rekey *rekey, const json_t *rows, struct error *error)
{
    rekey->found += json_array_size(rows);
    json_t *fresh = reseal_rows(rekey->vault, rows, &rekey->failed, error);
    if (fresh == NULL)
        return false;
    bool some = json_array_size(fresh) > 0;
    json_t *answer = some ? call(rekey, "select api.rekey_write($1::jsonb)::text",
                                 json_pack("{s:O}", "rows", fresh), error)
                          : NULL;
    rekey->written += (size_t)json_integer_value(json_object_get(answer, "written"));
    json_decref(fresh);
    json_decref(answer);
    return !some || answer != NULL;
}

// Every table once.
static bool pass(struct rekey *rekey, struct error *error)
{
    json_t *place = json_object();
    bool good = place != NULL || memory_error(error);
    rekey->found = rekey->written = rekey->failed = 0;
    rekey->shown = -10;
    while (good && place != NULL) {
        if (json_object_set(place, "keys", rekey->keys) != 0) {
            good = memory_error(error);
            break;
        }
        json_t *answer = call(rekey, "select api.rekey_read($1::jsonb)::text", place, error);
        const json_t *rows = json_object_get(answer, "rows");
        place = json_is_object(json_object_get(answer, "next")) ? json_copy(json_object_get(answer, "next"))
                                                                : NULL;
        good = answer != NULL && (json_array_size(rows) == 0 || write_rows(rekey, rows, error));
        if (good)
            show_progress(rekey, answer);
        json_decref(answer);
    }
    json_decref(place);
    rekey->all_written += rekey->written;
    return good;
}

static bool check_ring(struct rekey *rekey, struct error *error)
{
    unsigned long generation = vault_generation(rekey->vault);
    json_t *state = call(rekey, "select api.ring_state($1::jsonb)::text",
                         json_pack("{s:o}", "keys", vault_keys(rekey->vault, &rekey->config->vault)), error);
    bool good = state != NULL;
    if (good && json_array_size(json_object_get(state, "conflicts")) > 0)
        good = error_set(error, ERROR_conflict, "vault.ring",
                         "The key ring is not the one that the database knows: copy it from the host that "
                         "makes the keys.");
    json_decref(state);
    if (good)
        vault_trust(rekey->vault, generation);
    return good && vault_can_seal(rekey->vault, error);
}

static bool run(struct rekey *rekey, struct error *error)
{
    if (!check_ring(rekey, error))
        return false;
    rekey->keys = reseal_keys(rekey->vault, &rekey->config->vault);
    bool good = true;
    do { // a row that moved, or was held by somebody, is found by the next pass
        if (rekey->found > 0 && rekey->written == 0)
            poll(NULL, 0, HELD_PAUSE_MS);
        good = pass(rekey, error);
    } while (good && rekey->found > rekey->failed);
    if (!good)
        return false;
    if (rekey->failed > 0)
        return error_set(error, ERROR_internal, "",
                         "%zu rows sealed anew; %zu values cannot be opened and stay as they are.",
                         rekey->all_written, rekey->failed);
    printf("%zu rows sealed anew. Everything is sealed by a key that has not ended.\n", rekey->all_written);
    return true;
}

int rekey_command(const struct options *options, const struct config *config)
{
    struct error error = {0};
    struct rekey rekey = {.config = config};
    bool good = false;
    char *conninfo = conninfo_for(config, options->private_folder, "dsrd_api", &error);
    rekey.vault = conninfo != NULL ? vault_open(config->vault_ring, config->vault_credential, &error) : NULL;
    if (rekey.vault == NULL)
        goto cleanup;
    vault_demand_trust(rekey.vault); // one that takes its place in the middle ends this; it can be called again
    rekey.pg = PQconnectdb(conninfo);
    if (PQstatus(rekey.pg) != CONNECTION_OK)
        error_set(&error, ERROR_unavailable, "database", "The database cannot be reached.");
    else
        good = run(&rekey, &error);
cleanup:
    if (!good)
        fprintf(stderr, "dsrd rekey: %s\n", error.text);
    json_decref(rekey.keys);
    PQfinish(rekey.pg);
    vault_close(rekey.vault);
    free(conninfo);
    return good ? EXIT_FINE : error.code == ERROR_unavailable ? EXIT_FAILED : EXIT_CONFIGURATION;
}
