// SPDX-License-Identifier: GPL-3.0-or-later
// What patrons have authorised the library to ask for.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/answer.h"
#include "client/body.h"
#include "client/dates.h"
#include "client/handlers.h"
#include "client/output.h"
#include "shared/json.h"
#include "shared/text.h"

enum { LIST_SIZE = 256 };

// The values of an option that may be given several times, as an array; nothing when there are none.
static void set_list(json_t *body, const char *member, const struct arguments *arguments, const char *option)
{
    json_t *list = body_values(arguments, option);
    if (json_array_size(list) > 0)
        json_object_set(body, member, list);
    json_decref(list);
}

static json_t *write_for(struct client *client, const struct arguments *arguments, const char *format,
                         const json_t *body, struct error *error)
{
    char *path = client_path(format, argument_at(arguments, 0));
    json_t *answer = client_write(client, "POST", path, body, error);
    free(path);
    return answer;
}

// "a, b", or `all` when none is named.
static const char *scope(const json_t *row, const char *member, const char *all, char *buffer, size_t size)
{
    size_t index;
    json_t *item;
    const json_t *list = json_object_get(row, member);
    snprintf(buffer, size, "%s", json_array_size(list) == 0 ? all : "");
    json_array_foreach(list, index, item) snprintf(buffer + strlen(buffer), size - strlen(buffer), "%s%s",
                                                   index > 0 ? ", " : "", json_string_value(item));
    return buffer;
}

static const char *vendors(const json_t *row, char *buffer, size_t size)
{
    return scope(row, "vendors", "all", buffer, size);
}

static const char *rights(const json_t *row, char *buffer, size_t size)
{
    return scope(row, "rights", "all", buffer, size);
}

static const char *form(const json_t *row, char *buffer, size_t size)
{
    return output_words(json_text(row, "form"), buffer, size);
}

static const char *state(const json_t *row, char *buffer, size_t size)
{
    const char *word = json_text(row, "state"), *withdrawn = json_text(row, "withdrawn");
    snprintf(buffer, size, "%s%s%s", word != NULL ? word : "", withdrawn != NULL ? " on " : "",
             withdrawn != NULL ? withdrawn : "");
    return buffer;
}

static void print_recorded(const json_t *authority)
{
    char vendor_list[LIST_SIZE], right_list[LIST_SIZE];
    const char *until = json_text(authority, "until");
    printf("Authority %lld of %s is recorded: vendors %s; rights %s; until %s.\n",
           (long long)json_integer_value(json_object_get(authority, "n")), json_text(authority, "subject"),
           vendors(authority, vendor_list, sizeof vendor_list), rights(authority, right_list, sizeof right_list),
           until != NULL ? until : "withdrawn");
}

int run_authority_add(struct client *client, const struct arguments *arguments)
{
    struct error error = {0};
    const char *form_text = argument_value(arguments, "form");
    json_t *body = json_object(), *answer = NULL;
    if (form_text == NULL || argument_value(arguments, "on") == NULL)
        error_set(&error, ERROR_malformed, "form",
                  "Say how and when it was given: --form signed --on 2026-11-23 (or email, in_person).");
    else if (dates_set(client, body, "on", argument_value(arguments, "on"), &error) &&
             dates_set(client, body, "until", argument_value(arguments, "until"), &error)) {
        json_object_set_new(body, "form", json_string(form_text));
        set_list(body, "vendors", arguments, "vendor");
        set_list(body, "rights", arguments, "right");
        answer = write_for(client, arguments, "/v1/subjects/{}/authorities", body, &error);
    }
    json_decref(body);
    return answer_show(client, answer, &error, print_recorded);
}

int run_authority_list(struct client *client, const struct arguments *arguments)
{
    static const struct column columns[] = {
        {"ALIAS", "subject", NULL, false, NARROW_KEEP},  {"N", "n", NULL, true, NARROW_KEEP},
        {"FORM", "form", form, false, NARROW_LEAVE},     {"GIVEN", "on", NULL, false, NARROW_LEAVE},
        {"UNTIL", "until", NULL, false, NARROW_KEEP},    {"VENDORS", "vendors", vendors, false, NARROW_CUT},
        {"RIGHTS", "rights", rights, false, NARROW_CUT}, {"STATE", "state", state, false, NARROW_KEEP},
    };
    struct error error;
    struct text path = {0};
    text_append(&path, "/v1/authorities");
    if (argument_at(arguments, 0) != NULL)
        client_query(&path, "subject", argument_at(arguments, 0));
    json_t *all = client_pages(client, path.text, "authorities", 0, &error);
    text_release(&path);
    if (all == NULL)
        return client_fail(&error);
    int status =
        output_rows(client, all, columns, sizeof columns / sizeof columns[0],
                    "No authorities. `dsr authority add ALIAS --form signed --on DATE` records one.");
    json_decref(all);
    return status;
}

static void print_withdrawn(const json_t *answer)
{
    json_int_t stopped = json_integer_value(json_object_get(answer, "stopped"));
    printf("Withdrawn on %s: %zu of %s. %lld more request%s rest%s on no authority now; reminders of "
           "them are stopped.\n",
           json_text(answer, "on"), json_array_size(json_object_get(answer, "withdrawn")),
           json_text(answer, "subject"), (long long)stopped, stopped == 1 ? "" : "s", stopped == 1 ? "s" : "");
}

int run_authority_withdraw(struct client *client, const struct arguments *arguments)
{
    struct error error = {0};
    int64_t number = 0;
    const char *text = argument_at(arguments, 1);
    json_t *body = json_object(), *answer = NULL;
    if (text != NULL && !text_to_integer(text, 1, 1000000, &number))
        error_set(&error, ERROR_malformed, "authority",
                  "%s is no number of an authority; `dsr authority list ALIAS` shows them.", text);
    else if (dates_set(client, body, "on", argument_value(arguments, "on"), &error)) {
        if (number > 0)
            json_object_set_new(body, "authority", json_integer(number));
        answer = write_for(client, arguments, "/v1/subjects/{}/withdrawals", body, &error);
    }
    json_decref(body);
    return answer_show(client, answer, &error, print_withdrawn);
}
