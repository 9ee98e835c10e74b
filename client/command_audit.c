// SPDX-License-Identifier: GPL-3.0-or-later
// The audit log: who did what, and whether the log is whole. For officers; operators see what is technical.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/dates.h"
#include "client/handlers.h"
#include "client/output.h"
#include "shared/json.h"
#include "shared/text.h"

static const char *chain_of(const struct arguments *arguments)
{
    return argument_flag(arguments, "system") ? "system" : NULL;
}

// "rows 3, roles staff officer": for people, in place of the object.
static void append_value(const json_t *value, struct text *text)
{
    size_t index;
    json_t *item;
    if (json_is_string(value))
        text_format(text, " %s", json_string_value(value));
    else if (json_is_integer(value))
        text_format(text, " %lld", (long long)json_integer_value(value));
    else if (json_is_boolean(value))
        text_append(text, json_is_true(value) ? " yes" : " no");
    json_array_foreach(value, index, item)
        append_value(item, text);
}

static json_t *detail_for_people(const json_t *detail)
{
    struct text text = {0};
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)detail, name, value) {
        text_format(&text, "%s%s", text.length > 0 ? ", " : "", name);
        append_value(value, &text);
    }
    json_t *string = json_string(text.text != NULL ? text.text : "");
    text_release(&text);
    return string;
}

// The name, where it is one of those who work here; else the beginning of the account's id.
static const char *show_who(const json_t *row, char *buffer, size_t size)
{
    const char *name = json_text(row, "name"), *account = json_text(row, "account");
    snprintf(buffer, size, "%.*s", name == NULL ? 8 : 200, name != NULL ? name : account != NULL ? account : "-");
    return buffer;
}

static int print_entries(const struct client *client, json_t *entries)
{
    static const struct column columns[] = {{"ENTRY", "seq", NULL, true, NARROW_KEEP},     {"WHEN", "local", NULL, false, NARROW_KEEP},
                                            {"ACT", "act", NULL, false, NARROW_KEEP},      {"WHO", "account", show_who, false, NARROW_CUT},
                                            {"ABOUT", "target", NULL, false, NARROW_CUT},  {"DETAIL", "detail", NULL, false, NARROW_CUT}};
    size_t index;
    json_t *entry;
    if (client->format != FORMAT_JSON)
        json_array_foreach(entries, index, entry)
            json_object_set_new(entry, "detail", detail_for_people(json_object_get(entry, "detail")));
    return output_rows(client, entries, columns, sizeof columns / sizeof columns[0], "No entries.");
}

int run_audit_list(struct client *client, const struct arguments *arguments)
{
    struct error error;
    struct text path = {0};
    int64_t limit = 0;
    const char *limit_text = argument_value(arguments, "limit");
    json_t *entries = NULL, *days = json_object();
    if (limit_text != NULL && !text_to_integer(limit_text, 1, 1000000, &limit)) {
        error_set(&error, ERROR_malformed, "limit", "--limit must be a whole number from 1 to 1000000.");
    } else if (dates_set(client, days, "since", argument_value(arguments, "since"), &error) &&
               dates_set(client, days, "until", argument_value(arguments, "until"), &error)) {
        text_append(&path, "/v1/audit");
        client_query(&path, "chain", chain_of(arguments));
        client_query(&path, "act", argument_value(arguments, "act"));
        client_query(&path, "since", json_text(days, "since"));
        client_query(&path, "until", json_text(days, "until"));
        entries = client_pages(client, path.text, "entries", limit, &error);
    }
    int status = entries != NULL ? print_entries(client, entries) : client_fail(&error);
    text_release(&path);
    json_decref(days);
    json_decref(entries);
    return status;
}

// "Entry 5" or "Entries 5 to 9", then what is wrong; a sentence for each kind of fault.
static void print_fault(const json_t *fault)
{
    static const struct {
        const char *kind, *one, *many; // NULL: said otherwise
    } words[] = {
        {"missing", "is missing", "are missing"},
        {"twice", "stands there more than once", NULL},
        {"changed", "was changed after it was written", "were changed after they were written"},
        {"beyond", "was put in: the log knows of none there", "were put in: the log knows of none there"},
        {"head", "is not the one the log knows as its newest: it was written anew", NULL},
        {"put_back", "is there again, though it was taken away when its time was over",
         "are there again, though they were taken away when their time was over"},
        {"unexplained", "was taken away, and no entry tells of it", "were taken away, and no entry tells of it"},
        {"cut", "is missing: the end of the log was cut off", "are missing: the end of the log was cut off"},
        {"another", "is not the one that was noted: it, or more before it, were written anew", NULL},
        {"out_of_reach", "cannot be compared: it was taken away when its time was over; note a newer head", NULL},
    };
    const char *kind = json_text(fault, "kind");
    long long from = json_integer_value(json_object_get(fault, "from")), to = json_integer_value(json_object_get(fault, "to"));
    long long place = json_integer_value(json_object_get(fault, "place"));
    if (strcmp(kind, "moved") == 0 && from == to)
        printf("Entry %lld was written as entry %lld.\n", from, place);
    else if (strcmp(kind, "moved") == 0)
        printf("Entries %lld to %lld were written as entries %lld to %lld.\n", from, to, place, place + to - from);
    else if (strcmp(kind, "replaced") == 0 && from == to)
        printf("Entry %lld is not the one with which the log began.\n", from);
    else if (strcmp(kind, "replaced") == 0)
        printf("Entry %lld was not written after entry %lld: one of them, or more before, were put in or written anew.\n", to, from);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].kind, kind) == 0 && from == to)
            printf("Entry %lld %s.\n", from, words[i].one);
        else if (strcmp(words[i].kind, kind) == 0)
            printf("Entries %lld to %lld %s.\n", from, to, words[i].many);
}

// All pages as one: entries counted, faults gathered, the rest as the last page has it. NULL and an error.
static json_t *verify(struct client *client, const struct arguments *arguments, struct error *error)
{
    json_t *faults = json_array(), *page = NULL;
    json_int_t entries = 0;
    bool more = true;
    while (more) {
        struct text path = {0};
        text_append(&path, "/v1/audit/verification");
        client_query(&path, "chain", chain_of(arguments));
        client_query(&path, "head", argument_value(arguments, "head"));
        client_query(&path, "cursor", json_text(page, "next"));
        json_decref(page);
        page = client_call(client, "GET", path.text, NULL, error);
        text_release(&path);
        entries += json_integer_value(json_object_get(page, "entries"));
        json_array_extend(faults, json_object_get(page, "faults"));
        more = json_text(page, "next") != NULL;
    }
    if (page != NULL) {
        json_object_del(page, "next");
        json_object_set_new(page, "entries", json_integer(entries));
        json_object_set(page, "faults", faults);
    }
    json_decref(faults);
    return page;
}

static void print_verdict(const json_t *answer, bool compared)
{
    size_t index;
    json_t *fault;
    const json_t *faults = json_object_get(answer, "faults");
    const char *head = json_text(answer, "head");
    long long entries = json_integer_value(json_object_get(answer, "entries"));
    json_array_foreach(faults, index, fault)
        print_fault(fault);
    if (json_array_size(faults) > 0)
        printf("The log is not whole: %zu fault%s.\n", json_array_size(faults), json_array_size(faults) == 1 ? "" : "s");
    else if (head == NULL)
        puts("The log holds no entry yet.");
    else
        printf("The log is whole: %lld entr%s, from %lld on%s.\nIts head is %s\n", entries, entries == 1 ? "y" : "ies",
               (long long)json_integer_value(json_object_get(answer, "from")), compared ? ", and the noted one among them" : "", head);
    if (json_array_size(faults) == 0 && !compared && head != NULL)
        puts("Whether its end was cut off shows only against a head noted earlier: --head SEQ:HEX.");
}

int run_audit_verify(struct client *client, const struct arguments *arguments)
{
    struct error error;
    json_t *answer = verify(client, arguments, &error);
    if (answer == NULL)
        return client_fail(&error);
    int status = json_array_size(json_object_get(answer, "faults")) > 0 ? EXIT_FOUND : EXIT_DONE;
    if (client->format != FORMAT_JSON)
        print_verdict(answer, argument_value(arguments, "head") != NULL);
    else if (output_json(answer) != EXIT_DONE)
        status = error_exit_status(ERROR_internal);
    json_decref(answer);
    return status;
}
