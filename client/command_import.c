// SPDX-License-Identifier: GPL-3.0-or-later
// `dsr import FILE.csv`: the spreadsheet every library has. Each row is one request with its events. Every call has a key made from the
// row, so that a second run, or one after a break, records nothing twice.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/csv.h"
#include "client/dates.h"
#include "client/handlers.h"
#include "client/import_row.h"
#include "client/output.h"
#include "shared/json.h"
#include "shared/text.h"

enum { PROGRESS_WIDTH = 40 };

struct import {
    struct client *client;
    bool dry_run, anyway;
    size_t recorded, known, total;
    json_t *refused; // [{row, field, reason}]
    json_t *seen;    // keys of a dry run: dsrd does not know of the rows before
    const json_t *first_own; // nor of the residence which such a row would have recorded of the caller
};

static json_t *send_keyed(struct import *import, const json_t *row, const char *part, const char *detail, const char *path, const json_t *body,
                          struct error *error)
{
    char key[IMPORT_KEY_SIZE];
    import_key(row, part, detail, key);
    return client_write_keyed(import->client, "POST", path, body, key, error);
}

// A patron named in the row becomes a subject; one with a known e-mail address is found again.
static bool find_subject(struct import *import, const json_t *row, json_t *body, struct error *error)
{
    const char *email = json_text(row, "email"), *name = json_text(row, "name");
    if (json_text(row, "subject") != NULL || (email == NULL && name == NULL))
        return true;
    json_t *subject = json_pack("{s:O, s:O*, s:O*}", "residence", json_object_get(row, "residence"), "name", json_object_get(row, "name"), "email", json_object_get(row, "email"));
    json_t *answer = send_keyed(import, row, "subject", NULL, "/v1/subjects", subject, error);
    json_decref(subject);
    bool good = answer != NULL && json_object_set(body, "subject", json_object_get(answer, "alias")) == 0;
    if (good)
        json_object_del(body, "residence");
    json_decref(answer);
    return good;
}

static bool send_event(struct import *import, const json_t *row, const char *reference, const char *event, const char *on, struct error *error)
{
    struct text detail = {0};
    json_t *body = json_pack("{s:s}", "event", event);
    bool closes = strcmp(event, "closed") == 0;
    for (const char *const *member = (const char *const[]){"outcome", "reason", NULL}; closes && *member != NULL; member++)
        if (json_text(row, *member) != NULL) {
            json_object_set(body, *member, json_object_get(row, *member));
            text_format(&detail, "%s/", json_text(row, *member));
        }
    text_append(&detail, on != NULL ? on : "");
    char *path = client_path("/v1/requests/{}/events", reference);
    json_t *answer = dates_set_event(body, "on", on, error) ? send_keyed(import, row, event, detail.text, path, body, error) : NULL;
    bool good = answer != NULL;
    if (!good)
        error_wrap(error, "%s is recorded, but not its event %s", reference, event);
    json_decref(answer);
    json_decref(body);
    text_release(&detail);
    free(path);
    return good;
}

static bool send_events(struct import *import, const json_t *row, const char *reference, struct error *error)
{
    for (const char *const *event = import_events; *event != NULL; event++) {
        const char *on = json_text(row, *event);
        if (on != NULL && !send_event(import, row, reference, *event, on, error))
            return false;
    }
    return json_text(row, "outcome") == NULL || send_event(import, row, reference, "closed", json_text(row, "closed"), error);
}

static bool is_key_conflict(const struct error *error)
{
    return error->code == ERROR_conflict && strcmp(error->field, "Idempotency-Key") == 0;
}

static bool is_own(const json_t *row)
{
    return json_text(row, "subject") == NULL && json_text(row, "email") == NULL && json_text(row, "name") == NULL;
}

// dsrd speaks of options, which an import has not.
static bool name_columns(const json_t *row, struct error *error)
{
    if (error->code == ERROR_invalid && strcmp(error->field, "residence") == 0 && is_own(row) && json_text(row, "residence") == NULL)
        error_set(error, ERROR_invalid, "residence", "The row names nobody, so it would be your own first request: fill in residence for that, or say who it "
                                                     "is about (subject, or name or email with residence).");
    return false;
}

static bool record_row(struct import *import, const json_t *row, json_t *body, struct error *error)
{
    if (!find_subject(import, row, body, error))
        return false;
    json_t *answer = send_keyed(import, row, "request", NULL, "/v1/requests", body, error);
    if (answer == NULL)
        return !is_key_conflict(error) ? name_columns(row, error) : error_set(error, ERROR_conflict, "sent", "The same request (vendor, right, law, person, day of sending) was imported before with another channel, note or day of receipt; `dsr amend` and `dsr log` change it.");
    // A call that was done before is answered with the request as it stands, which has no list of warnings.
    bool again = json_object_get(answer, "warnings") == NULL;
    bool good = send_events(import, row, json_text(json_object_get(answer, "request"), "ref"), error);
    import->known += good && again;
    import->recorded += good && !again;
    json_decref(answer);
    return good;
}

static bool refuse_unconfirmed(const json_t *answer, struct error *error)
{
    struct text all = {0};
    size_t index;
    json_t *warning;
    json_array_foreach(json_object_get(answer, "warnings"), index, warning)
        text_format(&all, "%s%s", all.length > 0 ? " " : "", json_text(warning, "text"));
    error_set(error, ERROR_confirmation_needed, "anyway", "%s", all.text != NULL ? all.text : "It needs --anyway.");
    text_release(&all);
    return false;
}

// What would become of the row. Persons are not looked up, so what was asked for them before is not known here.
static bool try_row(struct import *import, const json_t *row, json_t *body, struct error *error)
{
    char key[IMPORT_KEY_SIZE];
    if (is_own(row) && import->first_own != NULL && json_text(body, "residence") == NULL)
        json_object_set_new(body, "residence", json_copy(json_object_get(import->first_own, "residence")));
    import_key(row, "request", NULL, key);
    bool again = json_object_get(import->seen, key) != NULL;
    json_object_set_new(import->seen, key, json_true());
    json_t *answer = again ? NULL : client_write_keyed(import->client, "POST", "/v1/requests?dry_run=true", body, key, error);
    bool good = again || answer != NULL || is_key_conflict(error);
    // Known: the very call was answered with the request as it stands, or the key was used (the person is in the call that is made for real).
    again = again || (good && json_object_get(answer, "dry_run") == NULL);
    if (good && !again && json_is_true(json_object_get(answer, "must_confirm")) && !import->anyway)
        good = refuse_unconfirmed(answer, error);
    import->known += good && again;
    import->recorded += good && !again;
    if (good && is_own(row) && json_text(row, "residence") != NULL)
        import->first_own = row;
    json_decref(answer);
    return good || name_columns(row, error);
}

static bool import_row(struct import *import, const json_t *row, struct error *error)
{
    json_t *body = import_check_row(row, error) ? import_body(row, import->anyway, error) : NULL;
    bool good = body != NULL && (import->dry_run ? try_row(import, row, body, error) : record_row(import, row, body, error));
    json_decref(body);
    return good;
}

// Whether the next row would fare no better.
static bool is_final(const struct error *error)
{
    return error->code == ERROR_unavailable || error->code == ERROR_unauthenticated || error->code == ERROR_forbidden;
}

static void show_progress(const struct import *import, size_t done)
{
    if (isatty(STDERR_FILENO) == 0)
        return;
    if (done < import->total)
        fprintf(stderr, "\r%zu of %zu", done, import->total);
    else
        fprintf(stderr, "\r%*s\r", PROGRESS_WIDTH, "");
}

static void print_summary(const struct import *import)
{
    size_t index, refused = json_array_size(import->refused);
    json_t *row;
    if (import->client->format == FORMAT_JSON) {
        json_t *summary = json_pack("{s:b, s:I, s:I, s:O}", "dry_run", import->dry_run, "recorded", (json_int_t)import->recorded, "known",
                                    (json_int_t)import->known, "refused", import->refused);
        output_json(summary);
        json_decref(summary);
        return;
    }
    json_array_foreach(import->refused, index, row)
        fprintf(stderr, "dsr: row %lld: %s\n", (long long)json_integer_value(json_object_get(row, "row")), json_text(row, "reason"));
    printf("%zu %s, %zu known already, %zu refused.\n", import->recorded, import->dry_run ? "would be recorded" : "recorded", import->known, refused);
    if (refused > 0)
        printf("Correct those rows and import the file again%s; what is recorded is not recorded twice.\n", import->anyway ? "" : " (--anyway goes on despite warnings)");
}

static int import_rows(struct import *import, const struct arguments *arguments, const json_t *rows)
{
    struct error error;
    size_t index;
    json_t *row;
    int status = EXIT_DONE;
    import->total = json_array_size(rows);
    json_array_foreach(rows, index, row) {
        show_progress(import, index);
        import_leave_out(row, arguments);
        if (import_row(import, row, &error))
            continue;
        json_array_append_new(import->refused, json_pack("{s:O, s:s, s:s}", "row", json_object_get(row, "row"), "field", error.field, "reason", error.text));
        status = error_exit_status(is_final(&error) ? error.code : ERROR_conflict);
        if (is_final(&error))
            break;
    }
    show_progress(import, import->total);
    print_summary(import);
    if (index < import->total)
        fprintf(stderr, "dsr: stopped there, with %zu rows left; the same command goes on.\n", import->total - index);
    return status;
}

int run_import(struct client *client, const struct arguments *arguments)
{
    struct error error;
    struct import import = {.client = client, .dry_run = argument_flag(arguments, "dry-run"), .anyway = argument_flag(arguments, "anyway")};
    json_t *table = csv_read(argument_at(arguments, 0), &error);
    if (table == NULL || !import_check_headings(json_object_get(table, "headings"), arguments, &error)) {
        json_decref(table);
        return client_fail(&error);
    }
    import.refused = json_array();
    import.seen = json_object();
    int status = import_rows(&import, arguments, json_object_get(table, "rows"));
    json_decref(import.refused);
    json_decref(import.seen);
    json_decref(table);
    return status;
}
