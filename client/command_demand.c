// SPDX-License-Identifier: GPL-3.0-or-later
// The officers' log of demands, and what could be handed over: `dsr demand`, `dsr held`.
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

static int print_line(const struct client *client, json_t *answer, const struct error *error, const char *format)
{
    int status = EXIT_DONE;
    if (answer == NULL)
        return client_fail(error);
    if (client->format == FORMAT_JSON)
        status = output_json(answer);
    else
        printf("%s %s\n", json_text(answer, "demand"), format);
    json_decref(answer);
    return status;
}

int run_demand_add(struct client *client, const struct arguments *arguments)
{
    static const char *const needed[] = {"kind", "from", "asked"};
    struct error error;
    json_t *answer = NULL, *body = json_object();
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (argument_value(arguments, needed[i]) == NULL) {
            json_decref(body);
            error_set(&error, ERROR_malformed, needed[i],
                      "Say what came and from whom: --kind subpoena --from \"Superior Court, ...\" --asked \"all records of ...\".");
            return client_fail(&error);
        }
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        body_set_text(body, needed[i], argument_value(arguments, needed[i]));
    body_set_text(body, "hold", argument_value(arguments, "hold"));
    if (dates_set(client, body, "received_on", argument_value(arguments, "received"), &error) &&
        dates_set(client, body, "due_on", argument_value(arguments, "due"), &error))
        answer = client_write(client, "POST", "/v1/demands", body, &error);
    json_decref(body);
    return print_line(client, answer, &error, "is written down. `dsr held` shows what there is to hand over.");
}

int run_demand_list(struct client *client, const struct arguments *arguments)
{
    static const struct column columns[] = {{"DEMAND", "demand", NULL, false, NARROW_KEEP},
                                            {"RECEIVED", "received_on", NULL, false, NARROW_KEEP},
                                            {"KIND", "kind", NULL, false, NARROW_CUT},
                                            {"DUE", "due_on", NULL, false, NARROW_KEEP},
                                            {"HOLD", "hold", NULL, false, NARROW_LEAVE + 1},
                                            {"ANSWER", "answer", NULL, false, NARROW_CUT},
                                            {"ANSWERED", "answered_on", NULL, false, NARROW_LEAVE}};
    struct error error;
    struct text path = {0};
    text_append(&path, "/v1/demands");
    if (argument_flag(arguments, "open"))
        client_query(&path, "open", "true");
    json_t *demands = client_pages(client, path.text, "demands", 0, &error);
    text_release(&path);
    if (demands == NULL)
        return client_fail(&error);
    int status = output_rows(client, demands, columns, sizeof columns / sizeof columns[0], "No demands.");
    json_decref(demands);
    return status;
}

static void print_member(const json_t *demand, const char *title, const char *member)
{
    struct text line = {0};
    if (json_text(demand, member) == NULL)
        return;
    text_format(&line, "  %-10s%s", title, json_text(demand, member));
    output_wrapped(line.text != NULL ? line.text : json_text(demand, member), 12);
    text_release(&line);
}

// The hold, and what became of it.
static void print_hold(const json_t *demand)
{
    char words[40], line[160];
    const char *state = json_text(demand, "hold_state");
    if (json_text(demand, "hold") == NULL)
        return;
    snprintf(line, sizeof line, "  %-10s%s%s%s%s", "hold", json_text(demand, "hold"), state != NULL ? " (" : "",
             state != NULL ? output_words(state, words, sizeof words) : "", state != NULL ? ")" : "");
    output_wrapped(line, 12);
}

static void print_demand(const json_t *demand)
{
    static const char *const lines[][2] = {{"kind", "kind"},     {"received", "received_on"}, {"from", "from"},
                                           {"asked", "asked"},   {"due", "due_on"},           {"hold", "hold"},
                                           {"answer", "answer"}, {"answered", "answered_on"}, {"note", "note"}};
    puts(json_text(demand, "demand"));
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (strcmp(lines[i][1], "hold") == 0)
            print_hold(demand);
        else
            print_member(demand, lines[i][0], lines[i][1]);
}

int run_demand_show(struct client *client, const struct arguments *arguments)
{
    struct error error;
    char *path = client_path("/v1/demands/{}", argument_at(arguments, 0));
    json_t *demand = client_call(client, "GET", path, NULL, &error);
    free(path);
    return answer_show(client, demand, &error, print_demand);
}

int run_demand_close(struct client *client, const struct arguments *arguments)
{
    struct error error;
    json_t *answer = NULL, *body = json_object();
    char *path = client_path("/v1/demands/{}/answer", argument_at(arguments, 0));
    body_set_text(body, "answer", argument_at(arguments, 1));
    body_set_text(body, "note", argument_value(arguments, "note"));
    body_set_text(body, "hold", argument_value(arguments, "hold"));
    if (dates_set(client, body, "answered_on", argument_value(arguments, "on"), &error))
        answer = client_call(client, "POST", path, body, &error);
    free(path);
    json_decref(body);
    return print_line(client, answer, &error, "is answered.");
}

static const char *sealed_columns(const json_t *row, char *buffer, size_t size)
{
    const json_t *columns = json_object_get(row, "sealed"), *column;
    size_t index, length = 0;
    snprintf(buffer, size, "-");
    json_array_foreach(columns, index, column) {
        char words[40];
        output_words(json_string_value(column), words, sizeof words);
        if (length < size)
            length += (size_t)snprintf(buffer + length, size - length, "%s%s", index > 0 ? ", " : "", words);
    }
    return buffer;
}

int run_held(struct client *client, const struct arguments *arguments)
{
    static const struct column columns[] = {{"WHAT", "what", NULL, false, NARROW_CUT},
                                            {"COUNT", "count", NULL, true, NARROW_KEEP},
                                            {"SINCE", "since", NULL, false, NARROW_KEEP},
                                            {"SEALED", "sealed", sealed_columns, false, NARROW_CUT},
                                            {"IN THE CLEAR", "clear", NULL, false, NARROW_LEAVE + 1},
                                            {"GONE", "gone", NULL, false, NARROW_LEAVE}};
    struct error error;
    size_t index;
    json_t *place;
    (void)arguments;
    json_t *answer = client_call(client, "GET", "/v1/held", NULL, &error);
    if (answer == NULL)
        return client_fail(&error);
    int status = client->format == FORMAT_JSON
                     ? output_json(answer)
                     : output_rows(client, json_object_get(answer, "held"), columns, sizeof columns / sizeof columns[0], "Nothing.");
    if (client->format == FORMAT_TEXT) {
        puts("What is sealed can be read only with the key ring. Besides the database there are:");
        json_array_foreach(json_object_get(answer, "elsewhere"), index, place)
            printf("  %s (%s): %s\n", json_text(place, "what"), json_text(place, "where"), json_text(place, "note"));
    }
    json_decref(answer);
    return status;
}
