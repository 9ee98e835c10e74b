// SPDX-License-Identifier: GPL-3.0-or-later
// For privacy officers: holds, and the purge of what is over.
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

static const char *all_targets(const json_t *hold, char *buffer, size_t size)
{
    size_t index, length = 0;
    json_t *item;
    buffer[0] = '\0';
    for (const char *const *member = (const char *const[]){"refs", "subjects", "vendors", NULL}; *member != NULL; member++)
        json_array_foreach(json_object_get(hold, *member), index, item) {
            if (length < size)
                length += (size_t)snprintf(buffer + length, size - length, "%s%s", length > 0 ? ", " : "", json_string_value(item));
        }
    return buffer;
}

static const char *hold_state(const json_t *hold, char *buffer, size_t size)
{
    return output_words(json_text(hold, "state"), buffer, size);
}

static json_int_t count_of(const json_t *answer, const char *member)
{
    return json_integer_value(json_object_get(answer, member));
}

static const char *plural(json_int_t count)
{
    return count == 1 ? "" : "s";
}

static void print_hold(const json_t *hold)
{
    char targets[512];
    json_int_t requests = count_of(hold, "requests");
    printf("%s\nHeld until %s: %s (%lld request%s).\n", json_text(hold, "id"), json_text(hold, "until"),
           all_targets(hold, targets, sizeof targets), (long long)requests, plural(requests));
}

int run_hold_add(struct client *client, const struct arguments *arguments)
{
    struct error error;
    json_t *refs = json_array();
    for (size_t i = 0; i < arguments->count; i++)
        json_array_append_new(refs, json_string(argument_at(arguments, i)));
    json_t *body = json_pack("{s:o, s:o, s:o}", "refs", refs, "subjects", body_values(arguments, "subject"), "vendors",
                             body_values(arguments, "vendor"));
    bool good = true;
    if (argument_value(arguments, "reason") == NULL || argument_value(arguments, "until") == NULL)
        good = error_set(&error, ERROR_malformed, "reason", "Say why and until when: --reason \"letter from counsel\" --until 2027-06-30.");
    if (good)
        json_object_set_new(body, "reason", json_string(argument_value(arguments, "reason")));
    good = good && dates_set(client, body, "until", argument_value(arguments, "until"), &error);
    json_t *answer = good ? client_write(client, "POST", "/v1/holds", body, &error) : NULL;
    json_decref(body);
    return answer_show(client, answer, &error, print_hold);
}

int run_hold_list(struct client *client, const struct arguments *arguments)
{
    static const struct column columns[] = {
        {"ID", "id", NULL, false, NARROW_KEEP},               {"STATE", "state", hold_state, false, NARROW_KEEP},
        {"UNTIL", "until", NULL, false, NARROW_KEEP},         {"COVERS", "covers", all_targets, false, NARROW_CUT},
        {"REQUESTS", "requests", NULL, true, NARROW_KEEP},    {"BY", "by", NULL, false, NARROW_LEAVE},
        {"REASON", "reason", NULL, false, NARROW_CUT},
    };
    (void)arguments;
    return answer_list(client, "/v1/holds", "holds", columns, sizeof columns / sizeof columns[0],
                       "No holds. `dsr hold add REF --reason TEXT --until DATE` sets one.");
}

static void print_released(const json_t *hold)
{
    size_t index;
    json_t *demand;
    puts("Released. What it kept goes when its time is over.");
    json_array_foreach(json_object_get(hold, "open_demands"), index, demand)
        fprintf(stderr, "Warning: %s is not answered yet and rests on this hold: what it asks for may go.\n", json_string_value(demand));
}

int run_hold_release(struct client *client, const struct arguments *arguments)
{
    struct error error;
    char *path = client_path("/v1/holds/{}/release", argument_at(arguments, 0));
    json_t *answer = client_call(client, "POST", path, NULL, &error);
    free(path);
    return answer_show(client, answer, &error, print_released);
}

static void print_totals(const char *before, const json_t *answer)
{
    json_int_t requests = count_of(answer, "requests"), mails = count_of(answer, "mails");
    json_int_t subjects = count_of(answer, "subjects"), holds = count_of(answer, "holds");
    printf("%s%lld request%s, %lld mail%s, %lld subject%s, %lld ended hold%s.\n", before, (long long)requests, plural(requests),
           (long long)mails, plural(mails), (long long)subjects, plural(subjects), (long long)holds, plural(holds));
}

static void print_refs(const json_t *preview)
{
    size_t index, each;
    json_t *rule, *ref;
    char words[64], line[64];
    json_array_foreach(json_object_get(preview, "rules"), index, rule) {
        struct text text = {0};
        snprintf(line, sizeof line, "%s:", output_words(json_text(rule, "class"), words, sizeof words));
        text_append(&text, line);
        json_array_foreach(json_object_get(rule, "refs"), each, ref)
            text_format(&text, " %s", json_string_value(ref));
        if ((size_t)count_of(rule, "requests") > json_array_size(json_object_get(rule, "refs")))
            text_append(&text, " ...");
        output_wrapped(text.text != NULL ? text.text : "", 2);
        text_release(&text);
    }
}

static int preview(struct client *client)
{
    static const struct column columns[] = {
        {"CLASS", "class", NULL, false, NARROW_KEEP},      {"KEPT DAYS", "days", NULL, true, NARROW_KEEP},
        {"REQUESTS", "requests", NULL, true, NARROW_KEEP}, {"EVENTS", "events", NULL, true, NARROW_KEEP},
        {"NOTES", "notes", NULL, true, NARROW_KEEP},       {"REMINDERS", "reminders", NULL, true, NARROW_KEEP},
    };
    struct error error;
    json_t *answer = client_call(client, "GET", "/v1/purges", NULL, &error);
    if (answer == NULL)
        return client_fail(&error);
    int status = EXIT_DONE;
    if (client->format == FORMAT_JSON) {
        status = output_json(answer);
    } else {
        status = output_rows(client, json_object_get(answer, "rules"), columns, sizeof columns / sizeof columns[0],
                             "No request's time is over.");
        if (client->format == FORMAT_TEXT) {
            print_refs(answer);
            print_totals("Would be gone: ", answer);
            json_int_t held = count_of(answer, "held");
            if (held > 0)
                printf("Holds keep %lld closed request%s or draft%s.\n", (long long)held, plural(held), plural(held));
        }
    }
    json_decref(answer);
    return status;
}

int run_purge(struct client *client, const struct arguments *arguments)
{
    static const char *const members[] = {"requests", "mails", "subjects", "holds"};
    struct error error;
    bool more = true, good = true;
    if (argument_flag(arguments, "dry-run"))
        return preview(client);
    json_t *sums = json_object();
    while (good && more) {
        json_t *answer = client_call(client, "POST", "/v1/purges", NULL, &error);
        good = answer != NULL;
        more = json_is_true(json_object_get(answer, "more"));
        for (size_t i = 0; good && i < sizeof members / sizeof members[0]; i++)
            json_object_set_new(sums, members[i], json_integer(count_of(sums, members[i]) + count_of(answer, members[i])));
        json_decref(answer);
    }
    int status = good ? EXIT_DONE : client_fail(&error);
    if (client->format == FORMAT_JSON && good)
        status = output_json(sums);
    else if (good || json_object_size(sums) > 0)
        print_totals("Gone: ", sums);
    json_decref(sums);
    return status;
}
