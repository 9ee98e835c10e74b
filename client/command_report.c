// SPDX-License-Identifier: GPL-3.0-or-later
// `dsr report`: counts, exact for staff, and as they may be handed on.
#include <stdio.h>
#include <string.h>

#include "client/handlers.h"
#include "client/output.h"
#include "shared/json.h"
#include "shared/text.h"

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

// What is hidden has the same sign everywhere, whatever the reason.
static const char *count_or_star(const json_t *row, const char *member, char *buffer, size_t size)
{
    const json_t *value = json_object_get(row, member);
    if (json_is_integer(value))
        snprintf(buffer, size, "%lld", (long long)json_integer_value(value));
    else
        snprintf(buffer, size, "*");
    return buffer;
}

#define SHOWN(member)                                                                                                                      \
    static const char *show_##member(const json_t *row, char *buffer, size_t size)                                                         \
    {                                                                                                                                      \
        return count_or_star(row, #member, buffer, size);                                                                                  \
    }
SHOWN(not_denied)
SHOWN(denied)
SHOWN(overdue)
SHOWN(waiting)
SHOWN(extended)
SHOWN(median_days_to_answer)

static int print_published(const struct client *client, const json_t *report, const char *name)
{
    const struct column columns[] = {
        {strcmp(name, "vendor") == 0 ? "VENDOR" : "RIGHT", name, NULL, false, NARROW_CUT},
        {"ASKED", "asked", NULL, true, NARROW_KEEP},
        {"NOT DENIED", "not_denied", show_not_denied, true, NARROW_KEEP},
        {"DENIED", "denied", show_denied, true, NARROW_KEEP},
        {"OVERDUE", "overdue", show_overdue, true, NARROW_KEEP},
        {"WAITING", "waiting", show_waiting, true, NARROW_LEAVE},
        {"EXTENDED", "extended", show_extended, true, NARROW_LEAVE},
        {"ANSWER", "median_days_to_answer", show_median_days_to_answer, true, NARROW_LEAVE},
    };
    char nothing[80];
    long long least = (long long)json_integer_value(json_object_get(report, "k"));
    const json_t *rows = json_object_get(report, "rows");
    snprintf(nothing, sizeof nothing, "Fewer than %lld patrons asked in %s.", least, json_text(report, "quarter"));
    int status = output_rows(client, rows, columns, sizeof columns / sizeof columns[0], nothing);
    if (client->format == FORMAT_TEXT && json_array_size(rows) > 0)
        printf("Requests sent in %s, as they stood when it was closed. NOT DENIED are answered, OVERDUE also those closed as never answered,\n"
               "WAITING neither answered nor overdue; ANSWER is the median days from receipt. * is hidden: fewer than %lld patrons, nobody included, or it would give such a "
               "count back.\n",
               json_text(report, "quarter"), least);
    return status;
}

static int print_exact(const struct client *client, const json_t *report, const char *name)
{
    const struct column columns[] = {
        {strcmp(name, "vendor") == 0 ? "VENDOR" : "RIGHT", name, NULL, false, NARROW_CUT},
        {"ASKED", "asked", NULL, true, NARROW_KEEP},
        {"ANSWERED", "answered", NULL, true, NARROW_KEEP},
        {"OVERDUE", "overdue", NULL, true, NARROW_KEEP},
        {"DENIED", "denied", NULL, true, NARROW_LEAVE},
        {"EXTENDED", "extended", NULL, true, NARROW_LEAVE},
        {"OPEN", "open", NULL, true, NARROW_LEAVE},
        {"CONFIRM", "median_days_to_acknowledge", median_acknowledge, true, NARROW_KEEP},
        {"ANSWER", "median_days_to_answer", median_answer, true, NARROW_KEEP},
        {"N", "n", NULL, true, NARROW_KEEP},
    };
    int status = output_rows(client, json_object_get(report, "rows"), columns, sizeof columns / sizeof columns[0],
                             "Nothing was asked in that time.");
    if (client->format == FORMAT_TEXT && json_array_size(json_object_get(report, "rows")) > 0)
        printf("CONFIRM and ANSWER are median days from receipt, of the N requests asked; those without an answer, open or closed, count "
               "as not yet.\n"
               "CONFIRM leaves out those whose law asks for no confirmation, unless one came. OVERDUE are late, or closed as never answered.\n"
               "- means fewer than half have. These figures are for staff; what may be handed on is in `dsr report %ss --published`.\n",
               name);
    return status;
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
    text_format(&path, "/v1/reports/%s", what);
    client_query(&path, "quarter", argument_value(arguments, "quarter"));
    if (argument_flag(arguments, "published"))
        client_query(&path, "published", "true");
    json_t *report = client_call(client, "GET", path.text, NULL, &error);
    text_release(&path);
    if (report == NULL)
        return client_fail(&error);
    int status;
    if (client->format == FORMAT_JSON)
        status = output_json(report);
    else if (json_is_true(json_object_get(report, "published")))
        status = print_published(client, report, vendors ? "vendor" : "right");
    else
        status = print_exact(client, report, vendors ? "vendor" : "right");
    json_decref(report);
    return status;
}
