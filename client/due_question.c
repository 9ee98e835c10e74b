// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/due_question.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/dates.h"
#include "law/clock_json.h"
#include "request/event.h"
#include "shared/json.h"
#include "shared/memory.h"
#include "shared/text.h"
#include "shared/zone.h"

enum { EVENTS_MAXIMUM = 100, NAME_SIZE = 48, LETTER_DAYS = 5, DAYS_MAXIMUM = 3650 };

struct question {
    struct clock_question clock;
    struct law_event events[EVENTS_MAXIMUM];
    char names[EVENTS_MAXIMUM][NAME_SIZE];
    date earlier[EVENTS_MAXIMUM]; // days of earlier requests, for the law's limit
    const char *zone;
};

json_t *due_question_from_arguments(const struct arguments *arguments, struct error *error)
{
    static const char *const members[][2] = {{"calendar", "calendar"}, {"zone", "zone"}, {"channel-kind", "channel_kind"}};
    const char *days = argument_value(arguments, "days"), *event;
    int64_t number;
    size_t from = 0;
    if (days != NULL && !text_to_integer(days, 1, DAYS_MAXIMUM, &number)) {
        error_set(error, ERROR_malformed, "days", "--days must be a whole number from 1 to %d.", DAYS_MAXIMUM);
        return NULL;
    }
    json_t *question = json_pack("{s:s, s:s, s:s, s:[]}", "law", argument_at(arguments, 0), "right", argument_at(arguments, 1), "received",
                                 argument_at(arguments, 2), "events");
    while ((event = argument_next(arguments, "event", &from)) != NULL)
        json_array_append_new(json_object_get(question, "events"), json_string(event));
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (argument_value(arguments, members[i][0]) != NULL)
            json_object_set_new(question, members[i][1], json_string(argument_value(arguments, members[i][0])));
    if (days != NULL)
        json_object_set_new(question, "days", json_integer(number));
    return question;
}

// A day, or an instant, which the controller's zone makes a day of.
static bool read_day(const struct question *question, const char *text, const char *field, date *day, struct error *error)
{
    time_t instant;
    if (date_parse(text, day))
        return true;
    if (zone_parse_instant(text, &instant)) {
        if (question->zone == NULL)
            return error_set(error, ERROR_malformed, "zone", "%s is an instant: say in which time zone the controller is (--zone).", text);
        *day = zone_date(instant, question->zone);
        return true;
    }
    if (date_parse_human(text, dates_today(), day))
        return true;
    return error_set(error, ERROR_malformed, field, "%s: \"%s\" is no day; write 2026-11-23, yesterday, \"3 days ago\", or 2026-11-23T16:30-08:00 with a zone.", field, text);
}

static bool refuse_event(const char *name, struct error *error)
{
    struct text known = {0};
    event_list_known(name, &known);
    error_set(error, ERROR_malformed, "events", "There is no event %s. %s, earlier_request, today (the day on which you ask).", name,
              known.text != NULL ? known.text : "See dsr(1)");
    text_release(&known);
    return false;
}

static bool add_event(struct question *question, const char *name, const char *day, struct error *error)
{
    size_t count = question->clock.event_count;
    if (count + question->clock.earlier_count == EVENTS_MAXIMUM)
        return error_set(error, ERROR_malformed, "events", "At most %d events are taken.", EVENTS_MAXIMUM);
    if (name != NULL && day != NULL && strcmp(name, "earlier_request") == 0)
        return read_day(question, day, name, &question->earlier[question->clock.earlier_count++], error);
    if (name == NULL || day == NULL)
        return error_set(error, ERROR_malformed, "events", "An event is written NAME=DATE; this one has no %s.",
                         name == NULL ? "name" : "day");
    if (event_kind_find(name) == NULL && strcmp(name, "today") != 0)
        return refuse_event(name, error);
    snprintf(question->names[count], NAME_SIZE, "%s", name);
    question->events[count].event = question->names[count];
    if (!read_day(question, day, name, &question->events[count].on, error))
        return false;
    question->clock.event_count++;
    return true;
}

static bool add_written_event(struct question *question, const char *text, struct error *error)
{
    char name[NAME_SIZE];
    const char *equals = strchr(text, '=');
    if (equals == NULL || (size_t)(equals - text) >= sizeof name)
        return error_set(error, ERROR_malformed, "events", "The event \"%s\" must be written NAME=DATE.", text);
    snprintf(name, sizeof name, "%.*s", (int)(equals - text), text);
    return add_event(question, name, equals + 1, error);
}

static const char *either(const json_t *object, const char *name, const char *other)
{
    const char *text = json_text(object, name);
    return text != NULL ? text : json_text(object, other);
}

static bool add_events(struct question *question, const json_t *json, struct error *error)
{
    size_t index;
    json_t *item;
    const json_t *events = json_object_get(json, "events");
    const char *received = either(json, "received_at", "received");
    if (received != NULL && strcmp(received, "-") != 0 && !add_event(question, "received", received, error))
        return false;
    if (events != NULL && !json_is_array(events))
        return error_set(error, ERROR_malformed, "events", "events must be an array.");
    json_array_foreach(events, index, item) {
        bool good = json_is_string(item) ? add_written_event(question, json_string_value(item), error)
                                         : add_event(question, either(item, "event", "type"), either(item, "on", "date"), error);
        if (!good)
            return false;
    }
    return true;
}

static date first_of(const struct question *question, const char *event)
{
    date first = DATE_NONE;
    for (size_t i = 0; i < question->clock.event_count; i++)
        if (strcmp(question->events[i].event, event) == 0 && (first == DATE_NONE || question->events[i].on < first))
            first = question->events[i].on;
    return first;
}

// What the record refuses too: nothing happens to a request before it came to the vendor, or, if that is not said, was sent. Facts that
// may be older than the request are no such events.
static bool check_order(const struct question *question, struct error *error)
{
    char day[DATE_TEXT_SIZE], other[DATE_TEXT_SIZE];
    date received = first_of(question, "received"), begins = received != DATE_NONE ? received : first_of(question, "sent");
    for (size_t i = 0; i < question->clock.event_count && begins != DATE_NONE; i++) {
        const struct law_event *event = &question->events[i];
        const struct event_kind *kind = event_kind_find(event->event);
        if (kind == NULL || kind->before_sent || strcmp(event->event, "sent") == 0 || event->on >= begins)
            continue;
        return error_set(error, ERROR_malformed, event->event,
                         "%s on %s lies before the request was %s (%s); an event comes on that day or later.", event->event,
                         date_format(event->on, day), received != DATE_NONE ? "received" : "sent", date_format(begins, other));
    }
    return true;
}

static bool read_channel(struct question *question, const char *kind, struct error *error)
{
    if (kind == NULL)
        return true;
    if (strcmp(kind, "designated_address") == 0)
        question->clock.designation = DESIGNATED_ADDRESS;
    else if (strcmp(kind, "other_address") == 0)
        question->clock.designation = OTHER_ADDRESS;
    else if (!channel_kind_parse(kind, &question->clock.channel))
        return error_set(error, ERROR_malformed, "channel_kind", "There is no kind of channel %s; there are email, webform, portal, phone, letter, state_platform, and for Shine the Light designated_address and other_address.", kind);
    return true;
}

// Members beside these are of the test vectors and are passed over.
static const struct {
    const char *name;
    json_type type;
} members_known[] = {
    {"law", JSON_STRING}, {"right", JSON_STRING}, {"request_type", JSON_STRING}, {"received", JSON_STRING}, {"received_at", JSON_STRING},
    {"events", JSON_ARRAY}, {"calendar", JSON_STRING}, {"zone", JSON_STRING}, {"tz", JSON_STRING}, {"channel_kind", JSON_STRING},
    {"when", JSON_STRING}, {"days", JSON_INTEGER}, {"id", JSON_NULL}, {"expect", JSON_NULL}, {"why", JSON_NULL}, {"confidence", JSON_NULL}, {"earlier", JSON_NULL},
};

// JSON_NULL in the table stands for any type.
static bool check_member(const char *name, const json_t *value, struct error *error)
{
    for (size_t i = 0; i < sizeof members_known / sizeof members_known[0]; i++) {
        json_type type = members_known[i].type;
        if (strcmp(members_known[i].name, name) != 0)
            continue;
        return type == JSON_NULL || json_is_null(value) || json_typeof(value) == type ||
               error_set(error, ERROR_malformed, name, "%s must be %s.", name, type == JSON_STRING ? "a text" : type == JSON_ARRAY ? "an array" : "a whole number");
    }
    return error_set(error, ERROR_malformed, name, "There is no member %s; there are law, right, received, events, calendar, zone, channel_kind, days and id.", name);
}

static bool check_members(const json_t *json, struct error *error)
{
    const char *name;
    json_t *value;
    const json_t *days = json_object_get(json, "days");
    if (!json_is_object(json))
        return error_set(error, ERROR_malformed, "", "A line must be one JSON object.");
    json_object_foreach((json_t *)(uintptr_t)json, name, value)
        if (!check_member(name, value, error))
            return false;
    if (json_is_integer(days) && (json_integer_value(days) < 1 || json_integer_value(days) > DAYS_MAXIMUM))
        return error_set(error, ERROR_malformed, "days", "days must be a whole number from 1 to %d.", DAYS_MAXIMUM);
    return true;
}

static bool read_question(const struct catalogue *catalogue, const json_t *json, struct question *question, struct error *error)
{
    const char *law = json_text(json, "law");
    question->zone = either(json, "zone", "tz");
    question->clock.right = either(json, "right", "request_type");
    question->clock.calendar = json_text(json, "calendar");
    question->clock.events = question->events;
    question->clock.earlier_requests = question->earlier;
    question->clock.letter_days = LETTER_DAYS;
    question->clock.courtesy_days = (int)json_integer_value(json_object_get(json, "days"));
    if (law == NULL || question->clock.right == NULL)
        return error_set(error, ERROR_malformed, law == NULL ? "law" : "right", "A law and a right are needed.");
    if (question->zone != NULL && !zone_is_known(question->zone))
        return error_set(error, ERROR_malformed, "zone", "\"%s\" is not a time zone of this system; write one such as America/Los_Angeles.", question->zone);
    question->clock.law = catalogue_find_law(catalogue, law, error);
    return question->clock.law != NULL && read_channel(question, either(json, "channel_kind", "when"), error) &&
           add_events(question, json, error) && check_order(question, error);
}

json_t *due_question_answer(const struct catalogue *catalogue, const json_t *json, struct error *error)
{
    struct clock_answer answer;
    json_t *result = NULL;
    struct question *question = calloc(1, sizeof *question);
    if (question == NULL) {
        memory_error(error);
        return NULL;
    }
    if (check_members(json, error) && read_question(catalogue, json, question, error) &&
        clocks_compute(catalogue, &question->clock, &answer, error)) {
        result = clock_answer_to_json(&answer);
        clock_answer_release(&answer);
        if (json_object_get(json, "id") != NULL)
            json_object_set(result, "id", json_object_get(json, "id"));
    }
    free(question);
    return result;
}
