// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/written.h"

#include <stdio.h>
#include <string.h>

#include "client/dates.h"
#include "client/next_step.h"
#include "client/output.h"
#include "law/words.h"
#include "shared/json.h"
#include "shared/memory.h"
#include "shared/text.h"

bool written_set_days(json_t *body, const struct arguments *arguments, struct error *error)
{
    int64_t days;
    const char *text = argument_value(arguments, "days");
    if (text == NULL)
        return true;
    if (!text_to_integer(text, 1, 3650, &days))
        return error_set(error, ERROR_malformed, "days", "--days must be a whole number from 1 to 3650.");
    return json_object_set_new(body, "courtesy_days", json_integer(days)) == 0;
}

// "3 days before" goes as it is; a day is made ISO first, so that "in 5 days" works too. NULL: error.
static json_t *remind_item(struct client *client, const char *text, struct error *error)
{
    date day;
    char iso[DATE_TEXT_SIZE];
    bool is_day = strstr(text, "before") == NULL && date_parse_human(text, dates_today(), &day);
    if (is_day && !dates_read_here(client, "remind", text, &day, error))
        return NULL;
    json_t *item = json_string(is_day ? date_format(day, iso) : text);
    if (item == NULL)
        memory_error(error);
    return item;
}

bool written_set_remind(struct client *client, json_t *body, const struct arguments *arguments, struct error *error)
{
    size_t from = 0;
    const char *text;
    json_t *list = json_array();
    while ((text = argument_next(arguments, "remind", &from)) != NULL) {
        json_t *item = remind_item(client, text, error);
        if (item == NULL || (json_array_append_new(list, item) != 0 && !memory_error(error))) {
            json_decref(list);
            return false;
        }
    }
    bool good = json_array_size(list) == 0 || json_object_set(body, "remind", list) == 0 || memory_error(error);
    json_decref(list);
    return good;
}

void written_print_warnings(const json_t *answer)
{
    size_t index;
    json_t *warning;
    json_array_foreach(json_object_get(answer, "warnings"), index, warning)
        fprintf(stderr, "dsr: note: %s\n", json_text(warning, "text"));
}

static bool is_past(const char *iso)
{
    date day;
    return date_parse(iso, &day) && day < dates_today();
}

// The clock itself, whose days are shown as everywhere: as a range where the law leaves them open.
static const json_t *acknowledgement_of(const json_t *answer)
{
    size_t index;
    json_t *clock;
    json_array_foreach(json_object_get(answer, "clocks"), index, clock)
        if (clock_acknowledges(json_text(clock, "clock")) && strcmp(json_text(clock, "state"), "running") == 0)
            return clock;
    return NULL;
}

int written_print(const struct client *client, const json_t *answer, const char *what, bool with_event)
{
    const json_t *request = json_object_get(answer, "request"), *event = json_object_get(answer, "last_event");
    char words[64], due[64], when[64], status[96];
    if (client->format == FORMAT_JSON)
        return output_json(answer);
    printf("%s: %s  %s, %s, %s\n", what, json_text(request, "ref"), json_text(request, "vendor_name"),
           right_text(json_text(request, "right")), json_text(request, "law_name"));
    if (with_event && json_text(event, "event") != NULL)
        printf("  %s on %s\n", output_words(json_text(event, "event"), words, sizeof words), json_text(event, "on"));
    bool late = json_integer_value(json_object_get(request, "days")) < 0;
    bool acknowledged_only = json_text(request, "clock") != NULL && strcmp(json_text(request, "clock"), "complaint_ack") == 0;
    if (json_text(request, "due") != NULL && !acknowledged_only)
        printf("  %s; the vendor %s until %s, %s%s\n", output_status(request, status, sizeof status), late ? "had" : "has", output_due(request, due, sizeof due),
               output_when(request, when, sizeof when), json_is_true(json_object_get(request, "legal")) ? "" : " (a courtesy date, not a legal deadline)");
    else
        printf("  %s\n", output_status(request, status, sizeof status));
    const json_t *acknowledgement = acknowledgement_of(answer);
    if (acknowledgement != NULL)
        printf("  it %s to confirm that it has the %s by %s\n", is_past(json_text(acknowledgement, "latest")) ? "had" : "has",
               strcmp(json_text(request, "right"), "complaint") == 0 ? "complaint" : "request", output_due(acknowledgement, due, sizeof due));
    next_step_print(answer);
    written_print_warnings(answer);
    return EXIT_DONE;
}

int written_fail(const struct error *error)
{
    int status = client_fail(error);
    if (error->code == ERROR_confirmation_needed)
        fputs("dsr: nothing is recorded; --anyway records it all the same.\n", stderr);
    return status;
}
