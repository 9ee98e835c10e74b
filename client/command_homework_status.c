// SPDX-License-Identifier: GPL-3.0-or-later
// `dsr homework status`, `dsr homework list`: where a homework stands, on one screen.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/answer.h"
#include "client/handlers.h"
#include "client/homework.h"
#include "client/output.h"
#include "law/words.h"
#include "shared/json.h"
#include "shared/text.h"

enum { NEXT_SIZE = 64, LINE_WIDTH = 79, NAME_LEAST = 8 };

// What people count, in this order.
static const struct {
    const char *member, *words;
} states[] = {{"to_send", "to send"}, {"wait", "later"}, {"waiting", "sent"}, {"overdue", "overdue"}, {"answered", "answered"}, {"closed", "closed"}};
enum { STATES = sizeof states / sizeof states[0] };

static const char *state_of(const json_t *request)
{
    const char *status = json_text(request, "status");
    if (homework_is_to_send(request))
        return homework_must_wait(request) ? "wait" : "to_send";
    if (strcmp(status, "overdue") == 0 || strcmp(status, "ack_overdue") == 0)
        return "overdue";
    return strcmp(status, "answer_to_check") == 0 ? "answered" : strcmp(status, "closed") == 0 ? "closed" : "waiting";
}

static const char *show_state(const json_t *request, char *buffer, size_t size)
{
    const char *state = state_of(request), *status = json_text(request, "status"), *due = json_text(request, "latest");
    if (strcmp(state, "wait") == 0)
        snprintf(buffer, size, "after %s", json_text(request, "after"));
    else if (strcmp(status, "overdue") == 0)
        snprintf(buffer, size, "overdue %lld days", -(long long)json_integer_value(json_object_get(request, "days")));
    else if (strcmp(status, "ack_overdue") == 0)
        snprintf(buffer, size, "not confirmed");
    else if (strcmp(state, "closed") == 0)
        output_words(json_text(request, "outcome"), buffer, size);
    else if (strcmp(status, "waiting") == 0 || strcmp(status, "due_soon") == 0)
        snprintf(buffer, size, due != NULL ? "until %s" : "sent", due);
    else
        snprintf(buffer, size, "%s", strcmp(state, "to_send") == 0 ? "to send" : strcmp(status, "paused") == 0 ? status : state);
    return buffer;
}

static const char *show_right(const json_t *request, char *buffer, size_t size)
{
    snprintf(buffer, size, "%s", right_text(json_text(request, "right")));
    return buffer;
}

static void count(json_t *counts, const char *state)
{
    json_int_t so_far = json_integer_value(json_object_get(counts, state));
    json_object_set_new(counts, state, json_integer(so_far + 1));
}

// {requests, to_send, wait ...}, and what is next with each request.
static json_t *add_up(json_t *requests)
{
    char next[NEXT_SIZE];
    size_t index;
    json_t *request, *counts = json_pack("{s:I}", "requests", (json_int_t)json_array_size(requests));
    for (size_t i = 0; i < STATES; i++)
        json_object_set_new(counts, states[i].member, json_integer(0));
    json_array_foreach(requests, index, request) {
        count(counts, state_of(request));
        json_object_set_new(request, "next", json_string(homework_next(request, next, sizeof next)));
    }
    return counts;
}

// One line of at most LINE_WIDTH columns, for which a long name is cut.
static void print_counts(const struct client *client, const char *name, const json_t *counts, size_t people)
{
    struct text line = {0}, all = {0};
    if (people > 0)
        text_format(&line, ", %zu %s", people, people == 1 ? "person" : "people");
    for (size_t i = 0; i < STATES; i++) {
        long long number = (long long)json_integer_value(json_object_get(counts, states[i].member));
        if (number > 0)
            text_format(&line, ", %lld %s", number, states[i].words);
    }
    size_t room = line.length < LINE_WIDTH ? LINE_WIDTH - line.length : 0;
    text_format(&all, "%.*s:%s", (int)(room > NAME_LEAST ? room : NAME_LEAST), name, line.length > 0 ? line.text + 1 : " nothing");
    output_coloured(client, COLOUR_BOLD, all.text != NULL ? all.text : "");
    putchar('\n');
    text_release(&all);
    text_release(&line);
}

static int print_items(const struct client *client, const json_t *requests)
{
    static const struct column columns[] = {
        {"REF", "ref", NULL, false, NARROW_KEEP},           {"VENDOR", "vendor", NULL, false, NARROW_CUT},
        {"RIGHT", "right", show_right, false, NARROW_KEEP}, {"STATE", "status", show_state, false, NARROW_CUT},
        {"NEXT", "next", NULL, false, NARROW_KEEP},
    };
    static const struct column csv_columns[] = {
        {"", "ref", NULL, false, 0},    {"", "vendor", NULL, false, 0}, {"", "right", NULL, false, 0},  {"", "law", NULL, false, 0},
        {"", "subject", NULL, false, 0}, {"", "status", NULL, false, 0}, {"", "sent", NULL, false, 0},   {"", "due", NULL, false, 0},
        {"", "latest", NULL, false, 0}, {"", "after", NULL, false, 0},  {"", "channel_kind", NULL, false, 0}, {"", "next", NULL, false, 0},
    };
    if (client->format == FORMAT_CSV)
        return output_rows(client, requests, csv_columns, sizeof csv_columns / sizeof csv_columns[0], "");
    return output_rows(client, requests, columns, sizeof columns / sizeof columns[0], "There is nothing in it.");
}

// One row for each person: {subject, requests, to_send ...}, by alias.
static json_t *by_person(const json_t *requests)
{
    json_t *people = json_object(), *rows = json_array(), *row, *request;
    size_t index;
    const char *alias;
    json_array_foreach(requests, index, request) {
        alias = json_text(request, "subject");
        row = json_object_get(people, alias);
        if (row == NULL) {
            row = json_pack("{s:s, s:i}", "subject", alias, "requests", 0);
            for (size_t i = 0; i < STATES; i++)
                json_object_set_new(row, states[i].member, json_integer(0));
            json_object_set_new(people, alias, row);
        }
        count(row, "requests");
        count(row, state_of(request));
    }
    json_object_foreach(people, alias, row) {
        size_t at = 0;
        while (at < json_array_size(rows) && strcmp(json_text(json_array_get(rows, at), "subject"), alias) < 0)
            at++;
        json_array_insert(rows, at, row);
    }
    json_decref(people);
    return rows;
}

static int print_class(const struct client *client, const json_t *rows)
{
    static const struct column columns[] = {
        {"FOR", "subject", NULL, false, NARROW_KEEP},       {"REQUESTS", "requests", NULL, true, NARROW_KEEP},
        {"TO SEND", "to_send", NULL, true, NARROW_KEEP},    {"LATER", "wait", NULL, true, NARROW_LEAVE},
        {"SENT", "waiting", NULL, true, NARROW_KEEP},       {"OVERDUE", "overdue", NULL, true, NARROW_KEEP},
        {"ANSWERED", "answered", NULL, true, NARROW_KEEP},  {"CLOSED", "closed", NULL, true, NARROW_KEEP},
    };
    return output_rows(client, rows, columns, sizeof columns / sizeof columns[0], "There is nobody in it.");
}

static int print_steps(struct client *client, const json_t *requests)
{
    struct error error = {0};
    size_t index, told = 0;
    json_t *request;
    json_array_foreach(requests, index, request) {
        if (!homework_is_to_send(request))
            continue;
        char *path = client_path("/v1/vendors/{}", json_text(request, "vendor"));
        json_t *vendor = path != NULL ? client_call(client, "GET", path, NULL, &error) : NULL;
        free(path);
        if (vendor == NULL)
            return client_fail(&error);
        homework_print_steps(request, vendor);
        json_decref(vendor);
        told++;
    }
    if (told == 0)
        puts("There is nothing left to send.");
    return EXIT_DONE;
}

static const json_t *find_row(const json_t *list, const char *name)
{
    size_t index;
    json_t *row;
    json_array_foreach(list, index, row)
        if (name != NULL ? strcmp(json_text(row, "homework"), name) == 0 : json_integer_value(json_object_get(row, "mine")) > 0)
            return row;
    return name != NULL ? NULL : json_array_get(list, 0);
}

// Which homework is meant and of whom. `*whose` is NULL for a whole class.
static const json_t *choose(const struct arguments *arguments, const json_t *there, const char **whose, struct error *error)
{
    char name[HOMEWORK_NAME_SIZE];
    const char *given = argument_at(arguments, 0), *mine = json_text(json_object_get(there, "me"), "alias");
    if (given != NULL && !homework_name_parse(given, name, error))
        return NULL;
    const json_t *row = find_row(json_object_get(there, "homework"), given != NULL ? name : NULL);
    if (row == NULL) {
        error_set(error, ERROR_not_found, "homework", given != NULL ? "There is no homework %s; `dsr homework list` shows them." : "There is no homework yet; `dsr homework` begins one.%s", given != NULL ? name : "");
        return NULL;
    }
    *whose = argument_value(arguments, "for");
    if (*whose != NULL || argument_flag(arguments, "class"))
        return row;
    *whose = mine;
    if (json_integer_value(json_object_get(row, "mine")) > 0)
        return row;
    error_set(error, ERROR_not_found, "for", "Nothing in the homework %s is about you: --for ALIAS shows somebody's, --class everybody's.", json_text(row, "homework"));
    return NULL;
}

static json_t *fetch(struct client *client, const char *name, const char *whose, struct error *error)
{
    struct text path = {0};
    text_append(&path, "/v1/requests");
    client_query(&path, "homework", name);
    client_query(&path, "subject", whose);
    client_query(&path, "sort", "vendor");
    json_t *requests = path.failed ? NULL : client_pages(client, path.text, "requests", 0, error);
    text_release(&path);
    return requests;
}

static int print_json(const char *name, const json_t *counts, const json_t *people, const json_t *requests)
{
    json_t *document = json_pack("{s:s, s:O, s:O*, s:O}", "homework", name, "counts", counts, "people", people, "requests", requests);
    int status = output_json(document);
    json_decref(document);
    return status;
}

// One line of a screen: of long names only the command, which must be whole to be typed.
static void print_how(const char *name, const char *alias)
{
    struct text command = {0}, line = {0};
    text_format(&command, "dsr homework status %s%s%s --steps", name, alias != NULL ? " --for " : "", alias != NULL ? alias : "");
    text_format(&line, "Steps: `%s`; answered: `dsr log REF answered`", command.text != NULL ? command.text : "");
    puts(line.text != NULL && line.length <= LINE_WIDTH ? line.text : command.text != NULL ? command.text : "");
    text_release(&line);
    text_release(&command);
}

static int print_status(struct client *client, const struct arguments *arguments, const char *name, bool whole_class, json_t *requests)
{
    json_t *counts = add_up(requests), *people = whole_class ? by_person(requests) : NULL;
    int status = EXIT_DONE;
    if (client->format == FORMAT_JSON) {
        status = print_json(name, counts, people, requests);
    } else if (argument_flag(arguments, "steps")) {
        status = print_steps(client, requests);
    } else {
        if (client->format == FORMAT_TEXT)
            print_counts(client, name, counts, json_array_size(people));
        status = whole_class && client->format == FORMAT_TEXT ? print_class(client, people) : print_items(client, requests);
        if (client->format == FORMAT_TEXT && !whole_class)
            print_how(name, argument_value(arguments, "for"));
    }
    json_decref(people);
    json_decref(counts);
    return status;
}

int run_homework_status(struct client *client, const struct arguments *arguments)
{
    struct error error;
    const char *whose = NULL;
    json_t *there = client_call(client, "GET", "/v1/homework", NULL, &error);
    const json_t *row = there != NULL ? choose(arguments, there, &whose, &error) : NULL;
    json_t *requests = row != NULL ? fetch(client, json_text(row, "homework"), whose, &error) : NULL;
    int status = requests != NULL ? print_status(client, arguments, json_text(row, "homework"), whose == NULL, requests) : client_fail(&error);
    json_decref(requests);
    json_decref(there);
    return status;
}

int run_homework_list(struct client *client, const struct arguments *arguments)
{
    static const struct column columns[] = {
        {"HOMEWORK", "homework", NULL, false, NARROW_CUT}, {"BEGAN", "began", NULL, false, NARROW_LEAVE}, {"PEOPLE", "people", NULL, true, NARROW_KEEP},
        {"REQUESTS", "requests", NULL, true, NARROW_KEEP}, {"TO SEND", "to_send", NULL, true, NARROW_KEEP}, {"LATER", "wait", NULL, true, NARROW_KEEP},
        {"SENT", "waiting", NULL, true, NARROW_KEEP},      {"OVERDUE", "overdue", NULL, true, NARROW_KEEP}, {"ANSWERED", "answered", NULL, true, NARROW_KEEP}, {"CLOSED", "closed", NULL, true, NARROW_KEEP},
    };
    (void)arguments;
    return answer_list(client, "/v1/homework", "homework", columns, sizeof columns / sizeof columns[0],
                       "There is no homework yet; `dsr homework` begins one.");
}
