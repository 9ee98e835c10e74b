// SPDX-License-Identifier: GPL-3.0-or-later
// `dsr show REF`: the whole record; `dsr explain REF`: how its dates were counted.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/handlers.h"
#include "client/output.h"
#include "law/words.h"
#include "shared/json.h"

static void print_if(const char *label, const char *value)
{
    if (value != NULL)
        printf("  %-14s %s\n", label, value);
}

static void print_detail(const json_t *detail)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)detail, name, value) {
        json_t *before = json_object_get(value, "old"), *after = json_object_get(value, "new");
        if (after == NULL)
            continue;
        char *old_text = json_dumps(before, JSON_ENCODE_ANY), *new_text = json_dumps(after, JSON_ENCODE_ANY);
        printf("               %s: %s, was %s\n", name, new_text != NULL ? new_text : "", old_text != NULL ? old_text : "");
        free(old_text);
        free(new_text);
    }
    if (json_object_get(detail, "anyway") != NULL)
        puts("               recorded despite a warning");
}

static void print_event(const struct client *client, const json_t *event)
{
    char words[64];
    const json_t *voided = json_object_get(event, "voided");
    printf("  %s  %s", json_text(event, "on"), output_words(json_text(event, "event"), words, sizeof words));
    if (json_text(event, "outcome") != NULL)
        printf(": %s", output_words(json_text(event, "outcome"), words, sizeof words));
    if (json_text(event, "reason") != NULL)
        printf(" (%s)", output_words(json_text(event, "reason"), words, sizeof words));
    if (json_text(event, "by") != NULL)
        printf(", by %s", json_text(event, "by"));
    if (json_is_object(voided)) {
        output_coloured(client, COLOUR_YELLOW, "  [undone");
        if (json_text(voided, "reason") != NULL)
            printf(": %s", json_text(voided, "reason"));
        output_coloured(client, COLOUR_YELLOW, "]");
    }
    putchar('\n');
    if (json_text(event, "note") != NULL)
        printf("               %s\n", json_text(event, "note"));
    print_detail(json_object_get(event, "detail"));
}

static void print_record(const struct client *client, const json_t *record)
{
    const json_t *request = json_object_get(record, "request"), *channel = json_object_get(record, "channel");
    char words[128], due[64];
    size_t index;
    json_t *item;
    printf("%s  %s\n", json_text(request, "ref"), json_text(request, "vendor_name"));
    if (json_text(request, "vendor_now") != NULL)
        printf("  taken over by %s since\n", json_text(request, "vendor_now"));
    print_if("right", right_text(json_text(request, "right")));
    print_if("law", json_text(request, "law_name"));
    print_if("status", output_status(request, words, sizeof words));
    print_if("due", output_due(request, due, sizeof due));
    print_if("subject", json_text(request, "subject"));
    print_if("name", json_text(record, "subject_name"));
    print_if("authority ended", json_text(request, "authority_ended"));
    print_if("residence", json_text(record, "residence"));
    print_if("filed by", json_text(record, "filer"));
    print_if("channel", json_text(channel, "id") != NULL ? json_text(channel, "id") : json_text(channel, "kind"));
    print_if("sent", json_text(request, "sent"));
    print_if("received", json_text(record, "received"));
    print_if("calendar", json_text(record, "calendar"));
    print_if("zone", json_text(record, "zone"));
    print_if("closed", json_text(record, "closed"));
    print_if("kept until", json_is_true(json_object_get(record, "held")) ? "a hold ends" : json_text(record, "kept_until"));
    puts("\nClocks");
    json_array_foreach(json_object_get(record, "clocks"), index, item)
        printf("  %-16s %-8s %s  %s\n", output_words(json_text(item, "clock"), words, sizeof words), json_text(item, "state"),
               output_due(item, due, sizeof due), json_text(item, "cite"));
    puts("\nEvents");
    json_array_foreach(json_object_get(record, "events"), index, item)
        print_event(client, item);
    if (json_array_size(json_object_get(record, "reminders")) > 0)
        puts("\nReminders");
    json_array_foreach(json_object_get(record, "reminders"), index, item)
        printf("  %s  %s, to the %s: %s\n", json_text(item, "on"), json_text(item, "kind"), json_text(item, "to"), json_text(item, "state"));
    if (json_array_size(json_object_get(record, "letters")) > 0)
        puts("\nLetters");
    json_array_foreach(json_object_get(record, "letters"), index, item)
        printf("  %.10s  %s, %s: %s%s%s  (mail %s)\n", json_text(item, "approved_at"), json_text(item, "kind"), json_text(item, "lang"),
               output_words(json_text(item, "state"), words, sizeof words), json_text(item, "reason") != NULL ? ". " : "",
               json_text(item, "reason") != NULL ? json_text(item, "reason") : "", json_text(item, "message"));
    if (json_array_size(json_object_get(record, "replies")) > 0)
        puts("\nReplies");
    json_array_foreach(json_object_get(record, "replies"), index, item)
        printf("  %s  %s: %s, %s\n", json_text(item, "came"), json_text(item, "id"), output_words(json_text(item, "kind"), words, sizeof words), json_text(item, "state"));
    if (json_array_size(json_object_get(record, "messages")) > 0)
        puts("\nMails");
    json_array_foreach(json_object_get(record, "messages"), index, item)
        printf("  %s  %s: %s%s%s\n", json_text(item, "day"), json_text(item, "id"), output_words(json_text(item, "state"), words, sizeof words),
               json_text(item, "last_problem") != NULL ? ". " : "", json_text(item, "last_problem") != NULL ? json_text(item, "last_problem") : "");
}

int run_show(struct client *client, const struct arguments *arguments)
{
    struct error error;
    char *path = client_path("/v1/requests/{}", argument_at(arguments, 0));
    json_t *record = client_call(client, "GET", path, NULL, &error);
    free(path);
    if (record == NULL)
        return client_fail(&error);
    int status = EXIT_DONE;
    if (client->format == FORMAT_JSON)
        status = output_json(record);
    else
        print_record(client, record);
    json_decref(record);
    return status;
}

static void explain_clock(const struct client *client, const json_t *clock)
{
    char name[64], due[64], title[192];
    size_t index;
    json_t *step;
    const char *steps_member = json_object_get(clock, "steps") != NULL ? "steps" : "explanation";
    snprintf(title, sizeof title, "%s: %s, %s\n", output_words(json_text(clock, "clock"), name, sizeof name), json_text(clock, "state"), output_due(clock, due, sizeof due));
    output_coloured(client, COLOUR_BOLD, title);
    json_array_foreach(json_object_get(clock, steps_member), index, step)
        output_step(index + 1, step);
    if (json_is_false(json_object_get(clock, "legal")))
        puts("  This is a courtesy date, not a legal deadline.");
    if (strcmp(json_text(clock, "confidence"), "sure") != 0)
        printf("  How sure dsrd's law file is of this figure: %s.\n", json_text(clock, "confidence"));
    putchar('\n');
}

int run_explain(struct client *client, const struct arguments *arguments)
{
    struct error error;
    size_t index;
    json_t *clock;
    char *path = client_path("/v1/requests/{}/explanation", argument_at(arguments, 0));
    json_t *answer = client_call(client, "GET", path, NULL, &error);
    free(path);
    if (answer == NULL)
        return client_fail(&error);
    if (client->format == FORMAT_JSON) {
        int status = output_json(answer);
        json_decref(answer);
        return status;
    }
    printf("%s  %s: %s under the %s\n\n", json_text(answer, "ref"), json_text(answer, "vendor_name"),
           right_text(json_text(answer, "right")), json_text(answer, "law_name"));
    json_array_foreach(json_object_get(answer, "clocks"), index, clock)
        explain_clock(client, clock);
    if (json_array_size(json_object_get(answer, "clocks")) == 0)
        puts(strcmp(json_text(answer, "state"), "draft") == 0 ? "It has no dates yet: it has not been sent."
                                                              : "Its law sets no date for what was asked.");
    if (json_text(answer, "appeal") != NULL)
        printf("Appeals to the vendor: %s.\n", json_text(answer, "appeal"));
    if (json_text(answer, "authority") != NULL)
        printf("Complaints go to: %s.\n", json_text(answer, "authority"));
    puts("This is not legal advice.");
    json_decref(answer);
    return EXIT_DONE;
}
