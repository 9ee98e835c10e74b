// SPDX-License-Identifier: GPL-3.0-or-later
// Every vector of tests/vectors/laws.json through the engine. Keys that are absent are not asserted; null = no such date.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "law/clock.h"
#include "shared/zone.h"

enum { EVENTS_MAXIMUM = 16 };

struct vector {
    json_t *json;
    struct law_event events[EVENTS_MAXIMUM];
    size_t event_count;
    date earlier[EVENTS_MAXIMUM];
    size_t earlier_count;
};

static const char *member(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static date parse_day(const char *text)
{
    date day = DATE_NONE;
    assert_true(text != NULL && date_parse(text, &day));
    return day;
}

static void read_events(struct vector *vector)
{
    size_t index;
    json_t *event;
    vector->events[vector->event_count++] = (struct law_event){"received", parse_day(member(vector->json, "received"))};
    json_array_foreach(json_object_get(vector->json, "events"), index, event) {
        date on = parse_day(member(event, "date"));
        if (strcmp(member(event, "type"), "earlier_request") == 0)
            vector->earlier[vector->earlier_count++] = on;
        else
            vector->events[vector->event_count++] = (struct law_event){member(event, "type"), on};
    }
}

static void expect_day(const struct vector *vector, const char *key, date got)
{
    json_t *expected = json_object_get(json_object_get(vector->json, "expect"), key);
    if (expected == NULL)
        return;
    char text[DATE_TEXT_SIZE];
    const char *want = json_is_null(expected) ? "-" : json_string_value(expected);
    if (strcmp(want, date_format(got, text)) != 0)
        fail_msg("%s: %s is %s, expected %s", member(vector->json, "id"), key, text, want);
}

static void expect_clock(const struct vector *vector, const struct clock_answer *answer, const char *id,
                         const char *prefix)
{
    static const struct clock none = {.due = DATE_NONE, .earliest = DATE_NONE, .latest = DATE_NONE, .raw = DATE_NONE};
    const struct clock *clock = clock_answer_find(answer, id);
    char key[64];
    if (clock == NULL)
        clock = &none;
    bool extended = strcmp(id, "respond") == 0 && answer->extension == EXTENSION_VALID;
    if (!extended) {
        snprintf(key, sizeof key, "%s_by", prefix);
        expect_day(vector, key, clock->due);
    }
    snprintf(key, sizeof key, "%s_by_raw", prefix);
    expect_day(vector, key, clock->raw);
    snprintf(key, sizeof key, "%s_by_earliest", prefix);
    expect_day(vector, key, clock->earliest);
    snprintf(key, sizeof key, "%s_by_latest", prefix);
    expect_day(vector, key, clock->latest);
}

// Prefixes of the keys and the clocks they are about.
static const char *const clock_prefixes[][2] = {
    {"respond", "respond"},         {"ack", "ack"},
    {"complaint_ack", "complaint_ack"}, {"appeal_answer", "appeal_answer"},
    {"revocation", "consent_revocation"}, {"backup_deletion", "backup_deletion"},
    {"complain", "complain"},       {"guideline", "guideline"},
    {"transfer", "transfer"},       {"grievance", "grievance"},
    {"inform", "respond_or_inform"}, {"destroy", "destroy"},
};

// Words of the vectors for states that the engine calls paused and void.
static const char *state_word(const char *word)
{
    if (strcmp(word, "waiting_identity") == 0)
        return "paused";
    return strcmp(word, "withdrawn") == 0 ? "void" : word;
}

static date due_of(const struct clock *clock)
{
    return clock != NULL ? clock->due : DATE_NONE;
}

static void expect_rest(const struct vector *vector, const struct clock_answer *answer)
{
    json_t *expect = json_object_get(vector->json, "expect");
    const struct clock *respond = clock_answer_find(answer, "respond");
    json_t *valid = json_object_get(expect, "extension_valid");
    if (valid != NULL)
        assert_int_equal(answer->extension, json_is_true(valid) ? EXTENSION_VALID : EXTENSION_VOID);
    expect_day(vector, "effective_due", respond != NULL ? respond->due : DATE_NONE);
    expect_day(vector, "extension_notice_by", answer->extension_notice_by);
    expect_day(vector, "max_extended_by", answer->extension_until);
    expect_day(vector, "max_extended_by_raw", answer->extension_raw);
    expect_day(vector, "next_free_from", answer->next_free_from);
    if (member(expect, "state") != NULL)
        assert_string_equal(clock_state_name(respond->state), state_word(member(expect, "state")));
    const struct clock *appeal = clock_answer_find(answer, "appeal_answer");
    expect_day(vector, "appeal_extended_by", appeal != NULL ? appeal->extended : DATE_NONE);
    expect_day(vector, "suit_wait_until", due_of(clock_answer_find(answer, "suit_wait")));
    time_t instant;
    if (member(vector->json, "received_at") != NULL) {
        assert_true(zone_parse_instant(member(vector->json, "received_at"), &instant));
        expect_day(vector, "received_local", zone_date(instant, member(vector->json, "tz")));
    }
}

static void run(const struct catalogue *catalogue, json_t *json)
{
    struct vector vector = {.json = json};
    struct clock_answer answer;
    struct error error;
    read_events(&vector);
    const char *when = member(json, "when");
    struct clock_question question = {
        .law = catalogue_law(catalogue, member(json, "law")),
        .right = member(json, "request_type"),
        .events = vector.events,
        .event_count = vector.event_count,
        .calendar = member(json, "calendar"),
        .designation = when == NULL || strcmp(when, "organisation") == 0 ? DESIGNATION_UNKNOWN
                       : strcmp(when, "designated_address") == 0 ? DESIGNATED_ADDRESS
                                                                 : OTHER_ADDRESS,
        .letter_days = 5,
        .earlier_requests = vector.earlier,
        .earlier_count = vector.earlier_count,
    };
    assert_non_null(question.law);
    bool computed = clocks_compute(catalogue, &question, &answer, &error);
    if (json_is_false(json_object_get(json_object_get(json, "expect"), "applicable"))) {
        assert_false(computed);
        assert_string_equal(error.field, "right");
        return;
    }
    if (!computed)
        fail_msg("%s: %s", member(json, "id"), error.text);
    for (size_t i = 0; i < sizeof clock_prefixes / sizeof clock_prefixes[0]; i++)
        expect_clock(&vector, &answer, clock_prefixes[i][1], clock_prefixes[i][0]);
    expect_rest(&vector, &answer);
    clock_answer_release(&answer);
}

static void every_vector(void **state)
{
    (void)state;
    struct error error;
    json_error_t json_error;
    struct catalogue *catalogue = catalogue_load("etc/laws", "etc/calendars", &error);
    if (catalogue == NULL)
        fail_msg("%s", error.text);
    json_t *vectors = json_load_file("tests/vectors/laws.json", 0, &json_error);
    assert_non_null(vectors);
    size_t index;
    json_t *vector;
    json_array_foreach(vectors, index, vector) run(catalogue, vector);
    assert_true(index >= 88);
    json_decref(vectors);
    catalogue_free(catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_vector)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
