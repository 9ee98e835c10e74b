// SPDX-License-Identifier: GPL-3.0-or-later
// `dsr import FILE.csv`: the spreadsheet every library has. Each row is one request with its events; a row has a key of its own, made from
// its contents, so that a second run, or one after a break, records nothing twice.
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/csv.h"
#include "client/dates.h"
#include "client/handlers.h"
#include "client/output.h"
#include "shared/json.h"
#include "shared/text.h"

enum { KEY_BYTES = 16 };

// Columns that make the request, and columns that are the days of events, in the order in which they are logged.
static const char *const request_columns[] = {"vendor", "right", "law", "subject", "channel", "note", "residence"};
static const char *const event_columns[] = {"acknowledged", "extension_notice", "answered", "refused", "referred"};
static const char *const other_columns[] = {"line", "sent", "received", "outcome", "reason", "closed", "name", "email"};

struct progress {
    size_t recorded, known, refused, total;
    bool shown;
};

static bool is_known(const char *name, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

static bool check_columns(const json_t *row, struct error *error)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)row, name, value)
        if (!is_known(name, request_columns, sizeof request_columns / sizeof request_columns[0]) &&
            !is_known(name, event_columns, sizeof event_columns / sizeof event_columns[0]) &&
            !is_known(name, other_columns, sizeof other_columns / sizeof other_columns[0]))
            return error_set(error, ERROR_malformed, name, "There is no column %s; known are vendor, right, law, subject, name, email, residence, channel, note, sent, received, acknowledged, extension_notice, answered, refused, referred, outcome, reason, closed.", name);
    for (const char *const *needed = (const char *const[]){"vendor", "right", "law", "sent", NULL}; *needed != NULL; needed++)
        if (json_text(row, *needed) == NULL)
            return error_set(error, ERROR_malformed, *needed, "The column %s is empty; vendor, right, law and sent are needed.", *needed);
    return true;
}

// The same contents give the same key, whatever the line number; `part` tells the calls of one row apart.
static void key_of(const json_t *row, const char *part, char key[2 * KEY_BYTES + 1])
{
    unsigned char hash[KEY_BYTES];
    crypto_generichash_state state;
    json_t *contents = json_copy((json_t *)(uintptr_t)row);
    json_object_del(contents, "line");
    char *text = json_dumps(contents, JSON_COMPACT | JSON_SORT_KEYS);
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    crypto_generichash_update(&state, (const unsigned char *)part, strlen(part) + 1);
    if (text != NULL)
        crypto_generichash_update(&state, (const unsigned char *)text, strlen(text));
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2hex(key, 2 * KEY_BYTES + 1, hash, sizeof hash);
    free(text);
    json_decref(contents);
}

static json_t *send_keyed(struct client *client, const json_t *row, const char *part, const char *path, const json_t *body, struct error *error)
{
    char key[2 * KEY_BYTES + 1];
    key_of(row, part, key);
    return client_write_keyed(client, "POST", path, body, key, error);
}

// A patron named in the row becomes a subject; one with a known e-mail address is found again.
static bool find_subject(struct client *client, const json_t *row, json_t *body, bool dry_run, struct error *error)
{
    const char *email = json_text(row, "email"), *name = json_text(row, "name");
    if (json_text(row, "subject") != NULL || (email == NULL && name == NULL) || dry_run)
        return true;
    if (json_text(row, "residence") == NULL)
        return error_set(error, ERROR_malformed, "residence", "A person with a name or an e-mail address needs a residence too.");
    json_t *subject = json_pack("{s:O, s:O*, s:O*}", "residence", json_object_get(row, "residence"), "name", json_object_get(row, "name"), "email", json_object_get(row, "email"));
    json_t *answer = send_keyed(client, row, "subject", "/v1/subjects", subject, error);
    json_decref(subject);
    bool good = answer != NULL && json_object_set(body, "subject", json_object_get(answer, "alias")) == 0;
    if (good)
        json_object_del(body, "residence");
    json_decref(answer);
    return good;
}

static json_t *make_body(const json_t *row, bool anyway, struct error *error)
{
    json_t *body = json_object();
    for (size_t i = 0; i < sizeof request_columns / sizeof request_columns[0]; i++)
        if (json_text(row, request_columns[i]) != NULL)
            json_object_set(body, request_columns[i], json_object_get(row, request_columns[i]));
    if (anyway)
        json_object_set_new(body, "anyway", json_true());
    if (dates_set(body, "sent", json_text(row, "sent"), error) && dates_set(body, "received", json_text(row, "received"), error))
        return body;
    json_decref(body);
    return NULL;
}

static bool send_event(struct client *client, const json_t *row, const char *reference, const char *event, const char *on, struct error *error)
{
    json_t *body = json_pack("{s:s}", "event", event);
    if (strcmp(event, "closed") == 0) {
        json_object_set(body, "outcome", json_object_get(row, "outcome"));
        if (json_text(row, "reason") != NULL)
            json_object_set(body, "reason", json_object_get(row, "reason"));
    }
    char *path = client_path("/v1/requests/{}/events", reference);
    json_t *answer = dates_set(body, "on", on, error) ? send_keyed(client, row, event, path, body, error) : NULL;
    bool good = answer != NULL;
    if (!good)
        error_wrap(error, "%s is recorded, but not its event %s", reference, event);
    json_decref(answer);
    json_decref(body);
    free(path);
    return good;
}

static bool send_events(struct client *client, const json_t *row, const char *reference, struct error *error)
{
    for (size_t i = 0; i < sizeof event_columns / sizeof event_columns[0]; i++) {
        const char *on = json_text(row, event_columns[i]);
        if (on != NULL && !send_event(client, row, reference, event_columns[i], on, error))
            return false;
    }
    return json_text(row, "outcome") == NULL || send_event(client, row, reference, "closed", json_text(row, "closed"), error);
}

static bool import_row(struct client *client, const json_t *row, const struct arguments *arguments, struct progress *progress, struct error *error)
{
    bool dry_run = argument_flag(arguments, "dry-run");
    json_t *body = check_columns(row, error) ? make_body(row, argument_flag(arguments, "anyway"), error) : NULL;
    json_t *answer = NULL;
    if (body != NULL && find_subject(client, row, body, dry_run, error))
        answer = dry_run ? client_call(client, "POST", "/v1/requests?dry_run=true", body, error) : send_keyed(client, row, "request", "/v1/requests", body, error);
    bool good = answer != NULL;
    if (good && !dry_run) {
        // A call that was done before is answered with the request as it stands, which has no list of warnings.
        bool again = json_object_get(answer, "warnings") == NULL;
        good = send_events(client, row, json_text(json_object_get(answer, "request"), "ref"), error);
        progress->known += good && again;
        progress->recorded += good && !again;
    } else if (good) {
        progress->recorded++;
    }
    json_decref(answer);
    json_decref(body);
    return good;
}

static void show_progress(struct progress *progress, size_t done)
{
    if (isatty(STDERR_FILENO) == 0)
        return;
    fprintf(stderr, "\r%zu of %zu", done, progress->total);
    progress->shown = true;
}

int run_import(struct client *client, const struct arguments *arguments)
{
    struct error error;
    struct progress progress = {0};
    size_t index;
    json_t *row, *refused = json_array(), *rows = csv_read(argument_at(arguments, 0), &error);
    if (rows == NULL) {
        json_decref(refused);
        return client_fail(&error);
    }
    progress.total = json_array_size(rows);
    json_array_foreach(rows, index, row) {
        show_progress(&progress, index);
        if (!import_row(client, row, arguments, &progress, &error)) {
            progress.refused++;
            json_array_append_new(refused, json_pack("{s:O, s:s, s:s}", "line", json_object_get(row, "line"), "field", error.field, "reason", error.text));
        }
    }
    if (progress.shown)
        fputs("\r", stderr);
    bool dry_run = argument_flag(arguments, "dry-run");
    if (client->format == FORMAT_JSON) {
        json_t *summary = json_pack("{s:b, s:I, s:I, s:O}", "dry_run", dry_run, "recorded", (json_int_t)progress.recorded, "known", (json_int_t)progress.known, "refused", refused);
        output_json(summary);
        json_decref(summary);
    } else {
        json_array_foreach(refused, index, row)
            fprintf(stderr, "dsr: row %lld: %s\n", (long long)json_integer_value(json_object_get(row, "line")), json_text(row, "reason"));
        printf("%zu %s, %zu known already, %zu refused.\n", progress.recorded, dry_run ? "would be recorded" : "recorded", progress.known, progress.refused);
    }
    json_decref(rows);
    json_decref(refused);
    return progress.refused > 0 ? error_exit_status(ERROR_conflict) : EXIT_DONE;
}
