// SPDX-License-Identifier: GPL-3.0-or-later
// `dsr list`, `dsr overdue`: requests, page by page until there are no more; `dsr report`: counts.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/handlers.h"
#include "client/output.h"
#include "client/request_rows.h"
#include "shared/json.h"
#include "shared/text.h"

static void add_filters(const struct arguments *arguments, struct text *query)
{
    static const char *const texts[][2] = {{"due-within", "due_within"}, {"state", "state"}, {"status", "status"}, {"vendor", "vendor"},
                                           {"law", "law"}, {"right", "right"}, {"subject", "subject"}, {"sort", "sort"}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        client_query(query, texts[i][1], argument_value(arguments, texts[i][0]));
    if (argument_flag(arguments, "mine"))
        client_query(query, "mine", "true");
}

static int list(struct client *client, const struct arguments *arguments, bool overdue, bool check)
{
    struct error error;
    struct text query = {0};
    int64_t limit = check ? 1 : 0;
    const char *limit_text = argument_value(arguments, "limit");
    if (limit_text != NULL && !text_to_integer(limit_text, 1, 1000000, &limit)) {
        error_set(&error, ERROR_malformed, "limit", "--limit must be a whole number from 1 to 1000000.");
        return client_fail(&error);
    }
    text_append(&query, "/v1/requests");
    add_filters(arguments, &query);
    if (overdue)
        client_query(&query, "overdue", "true");
    json_t *requests = client_pages(client, query.text, "requests", limit, &error);
    text_release(&query);
    if (requests == NULL)
        return client_fail(&error);
    size_t count = json_array_size(requests);
    int status = EXIT_DONE;
    if (check)
        status = count > 0 ? EXIT_FOUND : EXIT_DONE;
    else
        status = request_rows_print(client, requests, overdue ? "Nothing is overdue." : "No requests.");
    json_decref(requests);
    return status;
}

int run_list(struct client *client, const struct arguments *arguments)
{
    return list(client, arguments, argument_flag(arguments, "overdue"), false);
}

int run_overdue(struct client *client, const struct arguments *arguments)
{
    return list(client, arguments, true, argument_flag(arguments, "check"));
}

static const char *median(const json_t *row, const char *member, char *buffer, size_t size)
{
    const json_t *days = json_object_get(row, member);
    if (json_is_number(days))
        snprintf(buffer, size, "%g", json_number_value(days));
    else
        snprintf(buffer, size, "-"); // fewer than half have: there is no median yet
    return buffer;
}

static const char *median_acknowledge(const json_t *row, char *buffer, size_t size)
{
    return median(row, "median_days_to_acknowledge", buffer, size);
}

static const char *median_answer(const json_t *row, char *buffer, size_t size)
{
    return median(row, "median_days_to_answer", buffer, size);
}

int run_report(struct client *client, const struct arguments *arguments)
{
    struct error error;
    struct text path = {0};
    const char *what = argument_at(arguments, 0);
    bool vendors = strcmp(what, "vendors") == 0;
    if (!vendors && strcmp(what, "rights") != 0) {
        error_set(&error, ERROR_malformed, "", "There is a report of vendors and one of rights, but none of %s.", what);
        return client_fail(&error);
    }
    const struct column columns[] = {
        {vendors ? "VENDOR" : "RIGHT", vendors ? "vendor" : "right", NULL, false, NARROW_CUT}, {"ASKED", "asked", NULL, true, NARROW_KEEP},
        {"ANSWERED", "answered", NULL, true, NARROW_KEEP}, {"OVERDUE", "overdue", NULL, true, NARROW_KEEP},
        {"DENIED", "denied", NULL, true, NARROW_LEAVE}, {"EXTENDED", "extended", NULL, true, NARROW_LEAVE},
        {"OPEN", "open", NULL, true, NARROW_LEAVE}, {"CONFIRM", "median_days_to_acknowledge", median_acknowledge, true, NARROW_KEEP},
        {"ANSWER", "median_days_to_answer", median_answer, true, NARROW_KEEP}, {"N", "n", NULL, true, NARROW_KEEP},
    };
    text_format(&path, "/v1/reports/%s", what);
    client_query(&path, "quarter", argument_value(arguments, "quarter"));
    json_t *report = client_call(client, "GET", path.text, NULL, &error);
    text_release(&path);
    if (report == NULL)
        return client_fail(&error);
    int status = client->format == FORMAT_JSON ? output_json(report) : output_rows(client, json_object_get(report, "rows"), columns, sizeof columns / sizeof columns[0], "Nothing was asked in that time.");
    if (client->format == FORMAT_TEXT && json_array_size(json_object_get(report, "rows")) > 0)
        puts("CONFIRM and ANSWER are median days from receipt, of the N requests asked; those without an answer, open or closed, count as not yet.\n"
             "CONFIRM leaves out those whose law asks for no confirmation, unless one came.\n"
             "- means fewer than half have.");
    json_decref(report);
    return status;
}
