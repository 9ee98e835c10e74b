// SPDX-License-Identifier: GPL-3.0-or-later
// Changing laws: which open dates the files on disk would move, and moving them. For operators.
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/handlers.h"
#include "client/output.h"
#include "shared/json.h"

// All pages as one: {"files", "applied", "changes", "items"}.
struct outcome {
    char *files, *applied;
    json_t *changes, *items;
};

static void outcome_release(struct outcome *outcome)
{
    free(outcome->files);
    free(outcome->applied);
    json_decref(outcome->changes);
    json_decref(outcome->items);
}

static char *copy(const char *text)
{
    return text != NULL ? strdup(text) : NULL;
}

static void replace(char **slot, const char *text)
{
    free(*slot);
    *slot = copy(text);
}

static void take_page(struct outcome *outcome, const json_t *page)
{
    if (outcome->items == NULL) {
        outcome->items = json_array();
        replace(&outcome->files, json_text(page, "files"));
        replace(&outcome->applied, json_text(page, "applied"));
        json_decref(outcome->changes);
        outcome->changes = json_incref(json_object_get(page, "changes"));
    }
    json_array_extend(outcome->items, json_object_get(page, "items"));
}

static bool read_changes(struct client *client, struct outcome *outcome, struct error *error)
{
    char *cursor = NULL;
    bool more = true;
    while (more) {
        struct text path = {0};
        text_append(&path, "/v1/laws/changes");
        client_query(&path, "cursor", cursor);
        json_t *page = path.failed ? NULL : client_call(client, "GET", path.text, NULL, error);
        text_release(&path);
        free(cursor);
        if (page == NULL)
            return false;
        cursor = copy(json_text(page, "next_cursor"));
        take_page(outcome, page);
        json_decref(page);
        more = cursor != NULL;
    }
    return true;
}

static const char *span(const json_t *dates, char *buffer, size_t size)
{
    if (!json_is_object(dates))
        return "none";
    output_due(dates, buffer, size);
    return strcmp(json_text(dates, "state"), "running") == 0 ? buffer : json_text(dates, "state");
}

// One row for each date that moves, as lists have them.
static json_t *rows_of(const json_t *items)
{
    json_t *rows = json_array(), *item, *move;
    size_t index, position;
    char was[64], becomes[64];
    json_array_foreach(items, index, item) {
        char foreign[32]; // references of other libraries are not told
        snprintf(foreign, sizeof foreign, "in library %lld", (long long)json_integer_value(json_object_get(item, "library")));
        const char *ref = json_text(item, "ref") != NULL ? json_text(item, "ref") : foreign;
        if (json_text(item, "trouble") != NULL)
            json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "ref", ref, "law", json_text(item, "law"), "right",
                                                  json_text(item, "right"), "clock", "-", "was", "stays", "becomes", json_text(item, "trouble")));
        json_array_foreach(json_object_get(item, "moves"), position, move)
            json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "ref", ref, "law", json_text(item, "law"), "right",
                                                  json_text(item, "right"), "clock", json_text(move, "clock"), "was",
                                                  span(json_object_get(move, "was"), was, sizeof was), "becomes",
                                                  span(json_object_get(move, "becomes"), becomes, sizeof becomes)));
    }
    return rows;
}

static int print_moves(const struct client *client, const struct outcome *outcome)
{
    static const struct column columns[] = {{"REF", "ref", NULL, false, NARROW_KEEP}, {"LAW", "law", NULL, false, NARROW_KEEP}, {"RIGHT", "right", NULL, false, NARROW_KEEP},
                                            {"CLOCK", "clock", NULL, false, NARROW_KEEP}, {"WAS", "was", NULL, false, NARROW_KEEP}, {"BECOMES", "becomes", NULL, false, NARROW_CUT}};
    json_t *rows = rows_of(outcome->items);
    int status = json_array_size(rows) > 0 || client->format == FORMAT_CSV ? output_rows(client, rows, columns, sizeof columns / sizeof columns[0], "There are none.") : EXIT_DONE;
    json_decref(rows);
    return status;
}

static void print_changes(const json_t *changes)
{
    size_t index;
    json_t *change;
    json_array_foreach(changes, index, change) {
        bool law = json_text(change, "law") != NULL;
        printf("%s %s: %s\n", law ? "law" : "calendar", json_text(change, law ? "law" : "calendar"), json_text(change, "change"));
    }
    if (json_array_size(changes) > 0)
        putchar('\n');
}

static int print_json(const struct outcome *outcome)
{
    json_t *json = json_pack("{s:s?, s:s?, s:O?, s:O}", "files", outcome->files, "applied", outcome->applied, "changes", outcome->changes, "items", outcome->items);
    int status = output_json(json);
    json_decref(json);
    return status;
}

static bool is_same(const struct outcome *outcome)
{
    return outcome->files != NULL && outcome->applied != NULL && strcmp(outcome->files, outcome->applied) == 0;
}

int run_law_diff(struct client *client, const struct arguments *arguments)
{
    struct error error;
    struct outcome outcome = {0};
    int status;
    (void)arguments;
    if (!read_changes(client, &outcome, &error)) {
        status = client_fail(&error);
    } else if (client->format == FORMAT_JSON) {
        status = print_json(&outcome);
    } else if (client->format == FORMAT_CSV) {
        status = print_moves(client, &outcome);
    } else {
        print_changes(outcome.changes);
        status = print_moves(client, &outcome);
        if (is_same(&outcome) && json_array_size(outcome.items) == 0)
            puts("The laws in the files are those in force, and every open date follows them.");
        else if (json_array_size(outcome.items) == 0)
            puts("No date of an open request would move. `dsr law apply` puts the files in force.");
        else
            puts("\n`dsr law apply` puts the files in force and moves these dates. Closed requests keep theirs.");
    }
    outcome_release(&outcome);
    return status;
}

static bool apply(struct client *client, const char *hash, struct outcome *outcome, struct error *error)
{
    char *cursor = NULL;
    bool more = true;
    while (more) {
        json_t *body = json_pack("{s:s}", "hash", hash);
        if (cursor != NULL)
            json_object_set_new(body, "cursor", json_string(cursor));
        json_t *page = client_write(client, "POST", "/v1/laws/applications", body, error);
        json_decref(body);
        free(cursor);
        if (page == NULL)
            return false;
        cursor = copy(json_text(page, "next_cursor"));
        take_page(outcome, page);
        json_decref(page);
        more = cursor != NULL;
    }
    return true;
}

int run_law_apply(struct client *client, const struct arguments *arguments)
{
    struct error error;
    struct outcome before = {0}, done = {0};
    int status;
    (void)arguments;
    if (!read_changes(client, &before, &error)) {
        status = client_fail(&error);
    } else if (!apply(client, before.files, &done, &error)) {
        status = client_fail(&error);
        fputs("dsr: `dsr law apply` can be typed again; what is moved already stays so.\n", stderr);
    } else if (client->format == FORMAT_JSON) {
        status = print_json(&done);
    } else {
        status = print_moves(client, &done);
        if (client->format == FORMAT_TEXT)
            printf("%sThe laws in the files are in force; %zu open request%s moved.\n", json_array_size(done.items) > 0 ? "\n" : "",
                   json_array_size(done.items), json_array_size(done.items) == 1 ? "" : "s");
    }
    outcome_release(&before);
    outcome_release(&done);
    return status;
}
