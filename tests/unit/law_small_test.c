// SPDX-License-Identifier: GPL-3.0-or-later
// The engine by the laws of tests/vectors/small, which have every member once: clocks as one line each, worked out by hand.
#include "law/advice.h"
#include "law/clock.h"
#include "law/clock_json.h"
#include "law/law.h"
#include "tests/unit/small.h"

enum { EVENTS_MAXIMUM = 12 };

static struct small small;

struct question {
    struct law_event events[EVENTS_MAXIMUM];
    char names[EVENTS_MAXIMUM][40];
    size_t count;
    date earlier[EVENTS_MAXIMUM];
    size_t earlier_count;
};

// "sent 2026-01-05, received 2026-01-06"; "earlier" is a day of an earlier request, and @-25568 the day of that number.
static void read_events(const char *text, struct question *question)
{
    *question = (struct question){0};
    while (text[0] != '\0') {
        char name[40], day[11];
        int length = 0;
        date on;
        if (sscanf(text, "%39s %10[^,]%n", name, day, &length) != 2 || (day[0] != '@' && !date_parse(day, &on)))
            fail_msg("no event: %s", text);
        if (day[0] == '@')
            on = (date)strtol(day + 1, NULL, 10);
        text += length;
        text += strspn(text, ", ");
        if (strcmp(name, "earlier") == 0) {
            question->earlier[question->earlier_count++] = on;
            continue;
        }
        snprintf(question->names[question->count], sizeof question->names[0], "%s", name);
        question->events[question->count] = (struct law_event){question->names[question->count], on};
        question->count++;
    }
}

static void print_day(struct text *out, const char *before, date on)
{
    char text[DATE_TEXT_SIZE];
    text_format(out, "%s%s", before, on == DATE_NONE ? "-" : date_format(on, text));
}

// "ack running 2026-01-20" with the earliest and latest day where they differ, * for an assumed receipt, ~ where it is not sure.
static void print_clock(struct text *out, const struct clock *clock)
{
    text_format(out, "%s%s %s", out->length > 0 ? "; " : "", clock->id, clock_state_name(clock->state));
    if (clock->earliest != clock->due)
        print_day(out, " from ", clock->earliest);
    print_day(out, " ", clock->due);
    if (clock->latest != clock->due)
        print_day(out, " to ", clock->latest);
    if (clock->extended != DATE_NONE)
        print_day(out, " or ", clock->extended);
    text_format(out, "%s%s%s%s", clock->assumed ? " *" : "", clock->legal ? "" : " no duty", clock->party == PARTY_REQUESTER ? " by the person" : "",
                strcmp(clock->confidence, "sure") == 0 ? "" : strcmp(clock->confidence, "likely") == 0 ? " ~" : " ~~");
}

static char *print_answer(const struct clock_answer *answer)
{
    static const char *const extensions[] = {"", "valid", "void"};
    struct text out = {0};
    for (size_t i = 0; i < answer->clock_count; i++)
        print_clock(&out, &answer->clocks[i]);
    if (answer->extension != EXTENSION_NONE)
        text_format(&out, "; extension %s", extensions[answer->extension]);
    if (answer->extension_notice_by != DATE_NONE)
        print_day(&out, "; notice by ", answer->extension_notice_by);
    if (answer->extension_until != DATE_NONE)
        print_day(&out, "; until ", answer->extension_until);
    if (answer->extension_raw != answer->extension_until)
        print_day(&out, "; raw ", answer->extension_raw);
    if (answer->next_free_from != DATE_NONE)
        print_day(&out, "; free from ", answer->next_free_from);
    text_append(&out, "");
    return text_take(&out);
}

struct wanted {
    const char *from, *to; // what of laws/all.conf is changed; NULL: nothing
    const char *law, *right, *events;
    struct clock_question more; // channel, designation, calendar, courtesy days
    const char *answer;         // or a part of the error, after "!"
};

// The laws as they are, or with a part of laws/all.conf changed (`from` NULL: as they are).
static struct catalogue *load_with(const char *from, const char *to)
{
    struct error error = {0};
    if (from != NULL)
        small_change(&small, "laws/all.conf", from, to);
    struct catalogue *catalogue = catalogue_load(small.laws, small.calendars, &error);
    if (catalogue == NULL)
        fail_msg("%s", error.text);
    return catalogue;
}

static void unload(struct catalogue *catalogue, const char *from)
{
    catalogue_free(catalogue);
    if (from != NULL)
        small_restore(&small, "laws/all.conf");
}

static void expect(const struct wanted *wanted)
{
    struct error error = {0};
    struct question events;
    struct clock_answer answer;
    struct catalogue *catalogue = load_with(wanted->from, wanted->to);
    read_events(wanted->events, &events);
    struct clock_question question = wanted->more;
    question.law = catalogue_law(catalogue, wanted->law);
    question.right = wanted->right;
    question.events = events.events;
    question.event_count = events.count;
    question.letter_days = 5;
    question.earlier_requests = events.earlier;
    question.earlier_count = events.earlier_count;
    bool good = clocks_compute(catalogue, &question, &answer, &error);
    char *got = good ? print_answer(&answer) : NULL;
    const char *refused = wanted->answer[0] == '!' ? wanted->answer + 1 : NULL;
    if (refused != NULL ? good || strstr(error.text, refused) == NULL : !good || strcmp(got, wanted->answer) != 0)
        fail_msg("%s %s, %s (%s)\n  %s\ninstead of\n  %s", wanted->law, wanted->right, wanted->events, wanted->to != NULL ? wanted->to : "",
                    good ? got : error.text, wanted->answer);
    if (good) {
        // The bare answer, which lists take, has the same days.
        struct clock_answer bare;
        question.bare = true;
        assert_true(clocks_compute(catalogue, &question, &bare, &error));
        char *again = print_answer(&bare);
        assert_string_equal(again, got);
        free(again);
        clock_answer_release(&bare);
        json_t *json = clock_answer_to_json(&answer);
        assert_non_null(json);
        assert_int_equal(json_array_size(json_object_get(json, "clocks")), answer.clock_count);
        json_decref(json);
        clock_answer_release(&answer);
    }
    free(got);
    unload(catalogue, wanted->from);
}

#define FEE "fee = { effect = \"reflection\"; days = 10;"
#define RESETS "effect = \"resets\"; cite = \"s 16\";"
static void clocks_are_counted(void **state)
{
    static const struct wanted cases[] = {
        {NULL, NULL, "own", "access", "received 2026-01-05", {0},
         "courtesy running 2026-02-04 no duty ~"},
        {NULL, NULL, "own", "access", "received 2026-01-05", {.courtesy_days = 10},
         "courtesy running 2026-01-15 no duty ~"},
        {NULL, NULL, "own", "access", "sent 2026-01-05", {.channel = CHANNEL_EMAIL},
         "courtesy running 2026-02-04 * no duty ~"},
        {NULL, NULL, "own", "access", "sent 2026-01-05", {.channel = CHANNEL_LETTER},
         "courtesy running 2026-02-09 * no duty ~"},
        {NULL, NULL, "own", "access", "", {0},
         "!Nothing to count from: the request was neither sent nor received."},
        {NULL, NULL, "own", "peace", "sent 2026-01-05", {0},
         "!There is no right peace. There are: access, deletion, correction, portability, opt_out, limit_sensitive, restrict_object, third_party_list, complaint, adm."},
        {NULL, NULL, "own", "adm", "sent 2026-01-05", {0},
         "!The Own has no right adm; it gives access."},
        {NULL, NULL, "own", "access", "received 2026-01-05", {.calendar = "moon"},
         "!There is no calendar moon; there are home, strict, wide."},
        {NULL, NULL, "own", "access", "received @-25568", {0},
         "!The day of receipt must lie between 1900 and 9900."},
        {NULL, NULL, "own", "access", "received 9900-01-02", {0},
         "!The day of receipt must lie between 1900 and 9900."},
        {NULL, NULL, "all", "access", "received 2019-12-31", {0},
         "!The AA gives the right access only from 2020-01-01, and the request came before that, on 2019-12-31."},
        {NULL, NULL, "all", "deletion", "received 2020-12-31", {0},
         "!The AA gives the right deletion only from 2021-01-01, and the request came before that, on 2020-12-31."},
        {NULL, NULL, "all", "complaint", "complaint_received 2019-12-31", {0},
         "complaint running 2020-01-14 ~; try_again running 2020-01-05 by the person ~"},
        {NULL, NULL, "all", "access", "received 2026-01-05", {0},
         "ack running 2026-01-19 ~; respond running 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-08-05 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-30", {.designation = OTHER_ADDRESS, .calendar = "wide"},
         "ack running 2026-02-13 ~; respond running 2026-03-30 or 2026-04-30 ~; guideline running 2026-02-20 no duty ~~; complain running 2026-09-30 by the person ~; notice by 2026-03-30; until 2026-04-30"},
        {NULL, NULL, "all", "access", "received 2026-01-30", {.designation = DESIGNATED_ADDRESS, .calendar = "strict"},
         "ack running 2026-02-11 ~; respond running 2026-03-02 or 2026-04-30 ~; guideline running 2026-02-20 no duty ~~; complain running 2026-09-02 by the person ~; notice by 2026-03-02; until 2026-04-30"},
        {NULL, NULL, "all", "deletion", "received 2026-02-02", {0},
         "ack running 2026-02-18 ~; respond running 2026-03-03 or 2026-05-04 ~; stl running from 2026-02-25 2026-03-05 ~; complain running 2026-09-03 by the person ~; notice by 2026-03-03; until 2026-05-04; raw 2026-05-02"},
        {NULL, NULL, "all", "deletion", "received 2021-02-02", {0},
         "ack running 2021-02-17 ~; respond running 2021-03-02 or 2021-05-03 ~; stl running from 2021-06-24 2021-06-29 ~; complain running 2021-09-02 by the person ~; notice by 2021-03-02; until 2021-05-03; raw 2021-05-02"},
        {NULL, NULL, "all", "deletion", "received 2090-02-02", {0},
         "ack running 2090-02-17 ~; respond running 2090-03-02 or 2090-05-02 ~; complain running 2090-09-02 by the person ~; notice by 2090-03-02; until 2090-05-02"},
        {"counting = \"read\"", "counting = \"turned\"", "all", "deletion", "received 2026-12-10", {0},
         "ack running 2026-12-24 ~; respond running 2027-01-11 or 2027-03-10 ~; stl running 2027-01-07 ~; complain running 2027-07-11 by the person ~; notice by 2027-01-11; until 2027-03-10"},
        {NULL, NULL, "all", "deletion", "sent 2026-02-02, received 2026-02-03", {.channel = CHANNEL_STATE_PLATFORM},
         "ack running 2026-02-19 ~; respond running 2026-03-03 or 2026-05-04 ~; stl running from 2026-02-26 2026-03-06 ~; drop running 2026-03-19 ~; complain running 2026-09-03 by the person ~; notice by 2026-03-03; until 2026-05-04; raw 2026-05-03"},
        {NULL, NULL, "all", "deletion", "received 2026-02-03, drop_submitted 2026-02-05, drop_submitted 2026-03-05", {.channel = CHANNEL_STATE_PLATFORM},
         "ack running 2026-02-19 ~; respond running 2026-03-03 or 2026-05-04 ~; stl running from 2026-02-26 2026-03-06 ~; drop running 2026-04-19 ~; complain running 2026-09-03 by the person ~; notice by 2026-03-03; until 2026-05-04; raw 2026-05-03"},
        {NULL, NULL, "all", "access", "received 2026-01-05, extension_notice 2026-02-05", {0},
         "ack running 2026-01-19 ~; respond running 2026-04-06 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-10-06 by the person ~; extension valid; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "zz-quiet", "access", "received 2026-01-03", {0},
         "respond running 2026-02-03 ~"},
        {NULL, NULL, "zz-quiet", "access", "received 2026-01-03", {.calendar = "home"},
         "respond running 2026-02-03 ~"},
        {NULL, NULL, "all", "access", "received 2026-01-05, answered 2026-01-07, refused 2026-01-20", {0},
         "ack met 2026-01-19 ~; respond met 2026-02-05 or 2026-04-06 ~; guideline met 2026-01-26 no duty ~~; complain running 2026-07-20 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, answered 2026-01-20, refused 2026-01-07", {0},
         "ack met 2026-01-19 ~; respond met 2026-02-05 or 2026-04-06 ~; guideline met 2026-01-26 no duty ~~; complain running 2026-07-07 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, refused 2026-01-20, closed 2026-01-21", {0},
         "ack met 2026-01-19 ~; respond met 2026-02-05 or 2026-04-06 ~; guideline void 2026-01-26 no duty ~~; complain running 2026-07-20 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {"{ id = \"complain\";", "{ id = \"complain\"; rights = [ \"access\" ];", "all", "deletion", "received 2026-02-02", {0},
         "ack running 2026-02-18 ~; respond running 2026-03-03 or 2026-05-04 ~; stl running from 2026-02-25 2026-03-05 ~; notice by 2026-03-03; until 2026-05-04; raw 2026-05-02"},
        {NULL, NULL, "all", "access", "received 2026-01-05, identity_requested 2026-01-09, identity_requested 2026-01-07, identity_provided 2026-01-08", {0},
         "ack paused - ~; respond paused - ~; guideline paused - no duty ~~"},
        {NULL, NULL, "all", "access", "received 2026-01-05, extension_notice 2026-01-30, extension_notice 2026-02-20", {0},
         "ack running 2026-01-19 ~; respond running 2026-04-06 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-10-06 by the person ~; extension valid; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, extension_notice 2026-02-06", {0},
         "ack running 2026-01-19 ~; respond running 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-08-05 by the person ~; extension void; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, extension_notice 2026-02-20, extension_notice 2026-01-30", {0},
         "ack running 2026-01-19 ~; respond running 2026-04-06 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-10-06 by the person ~; extension valid; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, identity_requested 2026-01-07", {0},
         "ack paused - ~; respond paused - ~; guideline paused - no duty ~~"},
        {NULL, NULL, "all", "access", "received 2026-01-05, extension_notice 2026-01-08, identity_requested 2026-01-07", {0},
         "ack paused - ~; respond paused - ~; guideline paused - no duty ~~"},
        {NULL, NULL, "all", "access", "received 2026-01-05, identity_requested 2026-01-07, identity_provided 2026-01-09", {0},
         "ack running 2026-01-19 ~; respond running 2026-02-09 or 2026-04-09 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-08-09 by the person ~; notice by 2026-02-09; until 2026-04-09"},
        {NULL, NULL, "all", "access", "received 2026-01-05, identity_requested 2026-01-03, identity_provided 2026-01-04", {0},
         "ack running 2026-01-19 ~; respond running 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-08-05 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, identity_requested 2026-01-11, identity_provided 2026-01-09", {0},
         "ack paused - ~; respond paused - ~; guideline paused - no duty ~~"},
        {RESETS, "effect = \"resets\";", "all", "access", "received 2026-01-05, identity_requested 2026-01-07", {0},
         "ack paused - ~; respond paused - ~; guideline paused - no duty ~~"},
        {"\"resets\"", "\"condition\"", "all", "access", "received 2026-01-05, identity_requested 2026-01-07", {0},
         "ack running 2026-01-19 ~; respond running 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-08-05 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {"\"resets\"", "\"suspends\"", "all", "access", "received 2026-01-05, identity_requested 2026-01-07", {0},
         "ack running 2026-01-19 ~; respond running 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-08-05 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {"\"resets\"", "\"suspends\"", "all", "access", "received 2026-01-05, identity_requested 2026-01-07, identity_provided 2026-01-06", {0},
         "ack running 2026-01-19 ~; respond running 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-08-05 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {"\"resets\"", "\"suspends\"", "all", "access", "received 2026-01-05, identity_requested 2026-01-07, identity_provided 2026-01-10", {0},
         "ack running 2026-01-19 ~; respond running 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-08-05 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {"\"resets\"", "\"none\"", "all", "access", "received 2026-01-05, identity_requested 2026-01-07", {0},
         "ack running 2026-01-19 ~; respond running 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-08-05 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {"n = 10; unit = \"business_days\"; from = \"received\"; counting = \"rolls\"; cite = \"s 5\"", "n = 10; unit = \"days\"; from = \"authenticated\"; counting = \"rolls\"; cite = \"s 5\"", "all", "access", "received 2026-01-05", {0},
         "respond running 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-08-05 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {"effect = \"resets\"; cite = \"s 16\"; confidence = \"likely\"; };", "effect = \"starts\"; cite = \"s 16\"; confidence = \"likely\"; };", "all", "access", "received 2026-01-05", {0},
         "ack running 2026-01-19 ~; respond running 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-08-05 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, clarification_requested 2026-01-10", {0},
         "ack paused - ~; respond paused - ~; guideline paused - no duty ~~"},
        {NULL, NULL, "all", "access", "received 2026-01-05, clarification_requested 2026-03-10", {0},
         "ack running 2026-01-19 ~; respond running 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-08-05 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, clarification_requested 2026-01-10, clarification_provided 2026-01-12", {0},
         "ack running 2026-01-22 ~; respond running 2026-02-09 or 2026-04-08 ~; guideline running 2026-01-29 no duty ~~; complain running 2026-08-09 by the person ~; notice by 2026-02-09; until 2026-04-08"},
        {NULL, NULL, "all", "access", "received 2026-01-05, clarification_requested 2026-01-10, clarification_provided 2026-01-10", {0},
         "ack running 2026-01-20 ~; respond running 2026-02-06 or 2026-04-06 ~; guideline running 2026-01-27 no duty ~~; complain running 2026-08-06 by the person ~; notice by 2026-02-06; until 2026-04-06"},
        {NULL, NULL, "all", "access", "received 2026-01-05, clarification_provided 2026-01-12, clarification_requested 2026-01-10, clarification_requested 2026-01-11", {0},
         "ack running 2026-01-22 ~; respond running 2026-02-09 or 2026-04-08 ~; guideline running 2026-01-29 no duty ~~; complain running 2026-08-09 by the person ~; notice by 2026-02-09; until 2026-04-08"},
        {NULL, NULL, "all", "access", "received 2026-01-05, clarification_requested 2026-01-10, clarification_provided 2026-01-12, clarification_requested 2026-01-12, clarification_provided 2026-01-14", {0},
         "ack running 2026-01-22 ~; respond running 2026-02-09 or 2026-04-08 ~; guideline running 2026-01-29 no duty ~~; complain running 2026-08-09 by the person ~; notice by 2026-02-09; until 2026-04-08"},
        {NULL, NULL, "all", "access", "received 2026-01-05, clarification_requested 2026-01-10, clarification_provided 2026-01-12, clarification_requested 2026-01-13", {0},
         "ack paused - ~; respond paused - ~; guideline paused - no duty ~~"},
        {NULL, NULL, "all", "access", "received 2026-01-05, clarification_requested 2026-03-10, clarification_provided 2026-03-12", {0},
         "ack running 2026-01-19 ~; respond running 2026-02-05 or 2026-04-08 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-08-05 by the person ~; notice by 2026-02-05; until 2026-04-08"},
        {NULL, NULL, "all", "access", "received 2026-01-08, clarification_requested 2026-02-09, clarification_provided 2026-02-11", {0},
         "ack running 2026-01-22 ~; respond running 2026-02-12 or 2026-04-13 ~; guideline running 2026-01-29 no duty ~~; complain running 2026-08-12 by the person ~; notice by 2026-02-12; until 2026-04-13; raw 2026-04-11"},
        {NULL, NULL, "all", "access", "received 2026-01-05, clarification_requested 2026-01-02, clarification_provided 2026-01-03", {0},
         "ack running 2026-01-19 ~; respond running 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-08-05 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, fee_requested 2026-01-07", {0},
         "ack paused - ~; respond paused - ~; guideline paused - no duty ~~"},
        {NULL, NULL, "all", "access", "received 2026-01-05, fee_requested 2026-01-07, today 2026-01-17", {0},
         "ack paused - ~; respond paused - ~; guideline paused - no duty ~~"},
        {NULL, NULL, "all", "access", "received 2026-01-05, fee_requested 2026-01-07, today 2026-01-18", {0},
         "ack void - ~; respond void - ~; guideline void - no duty ~~"},
        {NULL, NULL, "all", "access", "received 2026-01-05, fee_requested 2026-01-07, fee_confirmed 2026-01-17", {0},
         "ack running 2026-01-19 ~; respond running 2026-02-18 or 2026-04-17 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-08-18 by the person ~; notice by 2026-02-18; until 2026-04-17"},
        {NULL, NULL, "all", "access", "received 2026-01-05, fee_requested 2026-01-07, fee_confirmed 2026-01-18", {0},
         "ack void - ~; respond void - ~; guideline void - no duty ~~"},
        {NULL, NULL, "all", "access", "received 2026-01-25, fee_requested 2026-01-07, fee_confirmed 2026-01-08", {0},
         "ack running 2026-02-09 ~; respond running 2026-02-25 or 2026-04-27 ~; guideline running 2026-02-15 to 2026-02-18 no duty ~~; complain running 2026-08-25 by the person ~; notice by 2026-02-25; until 2026-04-27; raw 2026-04-25"},
        {NULL, NULL, "all", "access", "received 2026-01-05, fee_requested 2026-01-07, fee_confirmed 2026-01-08, identity_requested 2026-01-20, identity_provided 2026-01-22", {0},
         "ack running 2026-01-19 ~; respond running 2026-02-23 or 2026-04-22 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-08-23 by the person ~; notice by 2026-02-23; until 2026-04-22"},
        {FEE, "fee = { effect = \"resets\";", "all", "access", "received 2026-01-05, fee_requested 2026-01-07", {0},
         "ack paused - ~; respond paused - ~; guideline paused - no duty ~~"},
        {FEE, "fee = { effect = \"resets\";", "all", "access", "received 2026-01-05, fee_requested 2026-01-07, fee_paid 2026-01-09", {0},
         "ack running 2026-01-19 ~; respond running 2026-02-09 or 2026-04-09 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-08-09 by the person ~; notice by 2026-02-09; until 2026-04-09"},
        {FEE, "fee = { effect = \"resets\";", "all", "deletion", "received 2026-02-05, fee_requested 2026-02-07", {0},
         "ack running 2026-02-23 ~; respond running 2026-03-05 or 2026-05-05 ~; stl running from 2026-02-28 2026-03-10 ~; complain running 2026-09-05 by the person ~; notice by 2026-03-05; until 2026-05-05"},
        {NULL, NULL, "all", "deletion", "received 2026-02-05, fee_requested 2026-02-07", {0},
         "ack running 2026-02-23 ~; respond running 2026-03-05 or 2026-05-05 ~; stl running from 2026-02-28 2026-03-10 ~; complain running 2026-09-05 by the person ~; notice by 2026-03-05; until 2026-05-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, acknowledged 2026-01-06", {0},
         "ack met 2026-01-19 ~; respond running 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-08-05 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, answered 2026-02-07", {0},
         "ack met 2026-01-19 ~; respond met 2026-02-05 or 2026-04-06 ~; guideline met 2026-01-26 no duty ~~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, answered 2026-01-17, answered 2026-01-07, outcome 2026-01-09", {0},
         "ack met 2026-01-19 ~; respond met 2026-02-05 or 2026-04-06 ~; guideline met 2026-01-26 no duty ~~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, closed 2026-01-07", {0},
         "ack void 2026-01-19 ~; respond void 2026-02-05 or 2026-04-06 ~; guideline void 2026-01-26 no duty ~~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, withdrawn 2026-01-07", {0},
         "ack void 2026-01-19 ~; respond void 2026-02-05 or 2026-04-06 ~; guideline void 2026-01-26 no duty ~~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, abandoned 2026-01-07, reopened 2026-01-08", {0},
         "ack running 2026-01-19 ~; respond running 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-08-05 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, refused 2026-01-20", {0},
         "ack met 2026-01-19 ~; respond met 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-07-20 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, deemed_refused 2026-01-19, refused 2026-01-20", {0},
         "ack met 2026-01-19 ~; respond met 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-07-19 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, deemed_refused 2026-01-21, refused 2026-01-20", {0},
         "ack met 2026-01-19 ~; respond met 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-07-20 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, deemed_refused 2026-03-01", {0}, // of the day on which the time was over
         "ack running 2026-01-19 ~; respond running 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-08-05 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "restrict_object", "received 2026-01-05, deemed_refused 2026-02-01", {0}, // no time to answer that could be over
         "revoke running 2026-01-05 ~; complain running 2026-08-01 by the person ~"},
        {NULL, NULL, "all", "access", "received 2026-01-05, identity_requested 2026-01-07, deemed_refused 2026-03-01", {0},
         "ack paused - ~; respond paused - ~; guideline paused - no duty ~~; complain running 2026-09-01 by the person ~"},
        {NULL, NULL, "all", "access", "received 2026-01-05, refused 2026-01-20, complaint_sent 2026-02-01, closed 2026-02-02", {0},
         "ack met 2026-01-19 ~; respond met 2026-02-05 or 2026-04-06 ~; guideline void 2026-01-26 no duty ~~; complain met 2026-07-20 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, refused 2026-01-20, appeal_sent 2026-01-25", {.channel = CHANNEL_LETTER},
         "ack met 2026-01-19 ~; respond met 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; appeal_answer running 2026-03-01 * ~; complain met 2026-07-20 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, refused 2026-01-20, appeal_received 2026-01-25, appeal_answered 2026-02-01", {0},
         "ack met 2026-01-19 ~; respond met 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; appeal_answer met 2026-02-24 ~; complain running 2026-07-20 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, refused 2026-01-20, appeal_received 2026-01-25, extension_notice 2026-01-26", {0},
         "ack met 2026-01-19 ~; respond met 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; appeal_answer running 2026-02-24 ~; complain running 2026-07-20 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, refused 2026-01-20, appeal_received 2026-01-25, extension_notice 2026-01-26, extension_until 2026-03-02", {0},
         "ack met 2026-01-19 ~; respond met 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; appeal_answer running 2026-03-02 ~; complain running 2026-07-20 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, refused 2026-01-20, appeal_received 2026-01-25, extension_notice 2026-05-26, extension_until 2026-02-01", {0},
         "ack met 2026-01-19 ~; respond met 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; appeal_answer running 2026-02-24 ~; complain running 2026-07-20 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {"n = 3; unit = \"months\"; from = \"relevant_time\"; counting = \"rolls\"; cite = \"s 7\"; confidence = \"likely\"; extends = \"respond\"; length = 2;", "unit = \"months\"; from = \"relevant_time\"; counting = \"rolls\"; cite = \"s 7\"; confidence = \"likely\"; extends = \"respond\";", "all", "access", "received 2026-01-05, extension_notice 2026-01-10, extension_until 2026-03-01", {0},
         "ack running 2026-01-19 ~; respond running 2026-03-01 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-09-01 by the person ~; extension valid; notice by 2026-02-05; until 2026-03-01; raw -"},
        {NULL, NULL, "all", "restrict_object", "received 2026-01-05, extension_notice 2026-01-05, extension_until 2026-02-01", {0},
         "revoke running 2026-02-01 ~"},
        {NULL, NULL, "all", "restrict_object", "received 2026-01-05, revocation_received 2026-01-07, extension_notice 2026-01-09", {0},
         "revoke running 2026-01-07 ~"},
        {NULL, NULL, "all", "complaint", "complaint_received 2026-01-05, sent 2026-01-05, complaint_sent 2026-01-06", {0},
         "complaint running 2026-01-19 ~; try_again met 2026-01-10 by the person ~"},
        {"\"resets\"", "\"suspends\"", "all", "complaint", "received 2026-01-05, identity_requested 2026-01-07, acknowledged 2026-01-03", {0},
         "complaint met 2026-01-19 ~; try_again running 2026-01-10 by the person ~"},
        {NULL, NULL, "all", "complaint", "complaint_received 2026-01-05", {0},
         "complaint running 2026-01-19 ~; try_again running 2026-01-10 by the person ~"},
        {NULL, NULL, "all", "complaint", "sent 2026-01-05", {.channel = CHANNEL_LETTER},
         "complaint running 2026-01-24 * ~; try_again running 2026-01-15 * by the person ~"},
        {NULL, NULL, "all", "complaint", "sent 2026-01-05, acknowledged 2026-01-09, grievance_received 2026-01-10, complaint_answered 2026-01-12", {0},
         "complaint met 2026-01-19 * ~; try_again met 2026-01-10 * by the person ~; grievance met 2026-02-09 ~"},
        {NULL, NULL, "all", "access", "received 2026-01-05, earlier 2025-06-01", {0},
         "ack running 2026-01-19 ~; respond running 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-08-05 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05; free from 2026-06-01"},
        {NULL, NULL, "all", "access", "sent 2026-01-04, received 2026-01-05, earlier 2025-01-04, earlier 2026-01-06", {0},
         "ack running 2026-01-19 ~; respond running 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-08-05 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "restrict_object", "received 2026-01-05, earlier 2025-06-01", {0},
         "revoke running 2026-01-05 ~"},
        {"window_months = 12", "calendar_year = true", "all", "access", "received 2026-01-05, earlier 2025-06-01", {0},
         "ack running 2026-01-19 ~; respond running 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-08-05 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {"window_months = 12", "calendar_year = true", "all", "access", "received 2026-01-05, earlier 2026-01-02", {0},
         "ack running 2026-01-19 ~; respond running 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; complain running 2026-08-05 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05; free from 2027-01-01"},
        {"n = 3; unit = \"weeks\"", "n = 3660; unit = \"months\"", "all", "access", "received 9899-01-05", {0},
         "!The last day of guideline would lie beyond the year 9990."},
        {"n = 3; unit = \"months\"; from = \"relevant_time\"; counting = \"rolls\"; cite = \"s 7\"; confidence = \"likely\"; extends = \"respond\"; length = 2;", "n = 3660; unit = \"months\"; from = \"relevant_time\"; counting = \"rolls\"; cite = \"s 7\"; confidence = \"likely\"; extends = \"respond\";", "all", "access", "received 9899-01-05", {0},
         "!The extended day would lie beyond the year 9990."},
        {"n = 30; unit = \"days\"; from = \"appeal_received\"", "n = 3000; unit = \"days\"; from = \"appeal_received\"", "all", "access", "received 2026-01-05, appeal_received 9989-01-01", {0},
         "!The last day of appeal_answer would lie beyond the year 9990."},
        {"n = 30; unit = \"days\"; from = \"appeal_received\"; counting = \"plain\"", "n = 3000; unit = \"working_days\"; from = \"appeal_received\"; counting = \"read\"", "all", "access", "received 2026-01-05, appeal_received 9989-01-01", {0},
         "!The last day of appeal_answer would lie beyond the year 9990."},
        {"n = 6; unit = \"months\"; from = \"refused_or_deemed\"", "n = 3600; unit = \"months\"; from = \"refused_or_deemed\"", "all", "access", "received 9800-01-05", {0},
         "!The last day of complain would lie beyond the year 9990."},
        {"n = 6; unit = \"months\"; from = \"refused_or_deemed\"", "n = 3600; unit = \"months\"; from = \"refused_or_deemed\"", "all", "access", "received 9800-01-05, refused 9800-01-10", {0},
         "!The last day of complain would lie beyond the year 9990."},
        {NULL, NULL, "all", "access", "received 2026-01-05, appeal_received @-62091", {0},
         "!The last day of appeal_answer would lie beyond the year 9990."},
        {NULL, NULL, "all", "access", "received 2030-01-05", {0},
         "ack running 2030-01-18 ~; respond running 2030-02-05 or 2030-04-05 ~; guideline running 2030-01-27 to 2030-01-28 no duty ~~; complain running 2030-08-05 by the person ~; notice by 2030-02-05; until 2030-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, grievance_received 2026-01-10, complaint_answered 2026-01-08", {0},
         "ack running 2026-01-19 ~; respond running 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; grievance running 2026-02-09 ~; complain running 2026-08-05 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
        {NULL, NULL, "all", "access", "received 2026-01-05, grievance_received 2026-01-10, complaint_answered 2026-01-12, complaint_answered 2026-01-11", {0},
         "ack running 2026-01-19 ~; respond running 2026-02-05 or 2026-04-06 ~; guideline running 2026-01-26 no duty ~~; grievance met 2026-02-09 ~; complain running 2026-08-05 by the person ~; notice by 2026-02-05; until 2026-04-06; raw 2026-04-05"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        expect(&cases[i]);
}

static date day_of(const char *text)
{
    date on = DATE_NONE;
    assert_true(date_parse(text, &on));
    return on;
}

// The reasons of one law, as "word weight; word weight".
static const char *reasons_of(const struct advice *advice, const char *law, char text[256])
{
    size_t length = 0;
    for (size_t i = 0; i < advice->row_count; i++)
        for (size_t r = 0; strcmp(law_id(advice->rows[i].law), law) == 0 && r < advice->rows[i].reason_count; r++)
            length += (size_t)snprintf(text + length, 256 - length, "%s%s %s", length > 0 ? "; " : "", advice->rows[i].reasons[r].word,
                                       advice_weight_name(advice->rows[i].reasons[r].weight));
    return text;
}

#define REVOKE(n, counting) "{ id = \"revoke\"; rights = [ \"restrict_object\" ]; " n " from = \"revocation_received\"; counting = \"" counting "\";"

static void steps_are_told_where_they_are_taken(void **state)
{
    static const struct {
        const char *from, *to, *right, *events, *told, *not_told; // NULL: all is told
    } cases[] = {
        {NULL, NULL, "access", "received 2026-01-05, clarification_requested 2026-01-10, clarification_provided 2026-01-10",
         "pause: 1 day on which the vendor waited for the person's answer is not counted", " 1 days on"},
        {NULL, NULL, "access", "received 2026-01-05, clarification_requested 2026-01-10, clarification_provided 2026-01-12",
         "pause: 3 days on which the vendor waited for the person's answer are not counted", "3 day on"},
        {REVOKE("n = 0; unit = \"days\";", "plain"), REVOKE("n = 20; unit = \"working_days\";", "read"), "restrict_object",
         "received 2026-01-20, revocation_received 2026-02-05, extension_notice 2026-02-10, extension_until 2026-03-04",
         "reading: Read most strictly, that day is the last.", "named Wed 4 Mar 2026 as the last day"},
        {REVOKE("n = 0; unit = \"days\";", "plain"), REVOKE("n = 20; unit = \"working_days\";", "read"), "restrict_object",
         "received 2026-01-20, revocation_received 2026-02-05, extension_notice 2026-02-10, extension_until 2026-04-01",
         "named Wed 1 Apr 2026 as the last day", "Read most strictly, that day is the last."},
        {REVOKE("n = 0; unit = \"days\";", "plain"), REVOKE("n = 20; unit = \"working_days\";", "read"), "restrict_object",
         "received 2026-01-20, revocation_received 2026-02-05, extension_notice 2026-02-10, extension_until 2026-02-11",
         "which is before the first last day", "Read most strictly, that day is the last."},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct error error;
        struct question events;
        struct clock_answer answer;
        struct text steps = {0};
        struct catalogue *catalogue = load_with(cases[i].from, cases[i].to);
        read_events(cases[i].events, &events);
        struct clock_question question = {.law = catalogue_law(catalogue, "all"), .right = cases[i].right, .events = events.events, .event_count = events.count};
        assert_true(clocks_compute(catalogue, &question, &answer, &error));
        for (size_t c = 0; c < answer.clock_count; c++)
            for (size_t s = 0; s < answer.clocks[c].step_count; s++)
                text_format(&steps, "%s: %s\n", answer.clocks[c].steps[s].rule, answer.clocks[c].steps[s].text);
        if (strstr(steps.text, cases[i].told) == NULL || strstr(steps.text, cases[i].not_told) != NULL)
            fail_msg("case %zu:\n%s", i, steps.text);
        text_release(&steps);
        clock_answer_release(&answer);
        unload(catalogue, cases[i].from);
    }
}

static void agents_rights_are_listed(void **state)
{
    static const char from[] = "rights = [ \"access\" ]; };\n  reach";
    struct catalogue *catalogue = load_with(from, "rights = [ \"access\", \"complaint\" ]; };\n  reach");
    struct advice_question question = {.catalogue = catalogue, .residence = "FR", .right = "deletion", .on = day_of("2026-01-05"), .vendor = "V"};
    struct advice advice;
    struct error error;
    bool found = false;
    (void)state;
    assert_true(advice_give(&question, &advice, &error));
    for (size_t r = 0; r < advice.row_count; r++)
        for (size_t i = 0; i < advice.rows[r].reason_count; i++)
            found = found || strstr(advice.rows[r].reasons[i].text, "taken for: access, complaint)") != NULL;
    assert_true(found);
    advice_release(&advice);
    unload(catalogue, from);
}

static void advice_says_what_it_rests_on(void **state)
{
    static const char *const for_all[] = {"all", "zz-quiet"};
    static const struct advice_establishment irish[] = {{.country = "IE", .name = "Irish Ltd.", .laws = for_all, .law_count = 2}};
    static const struct advice_establishment both[] = {{.country = "NL", .laws = for_all, .law_count = 2}, {.country = "IE", .name = "Irish Ltd."}};
    static const struct advice_establishment turned[] = {{.country = "IE", .name = "Irish Ltd."}, {.country = "NL", .laws = for_all, .law_count = 2}};
    static const struct advice_establishment nameless[] = {{.country = "NL", .laws = for_all, .law_count = 2}, {.country = "US-OH"}};
    static const struct advice_extension plain[] = {{"everybody", "its policy", "2026-01-01", 0}, {"readers", "its policy", "2026-01-01", 21}, {"staff", "its policy", "2026-01-01", 30}};
    static const struct {
        const char *residence;
        const struct advice_establishment *places;
        size_t place_count, extension_count;
        const char *order, *of_all, *of_quiet, *reach_of_all;
    } cases[] = {
        {"FR", NULL, 0, 0, "all possible, zz-quiet later, own policy", "abroad depends; thresholds depends; coverage note; agent note",
         "kind against; thresholds depends; agent note", "by where the person lives (FR)"},
        {"US-OH", irish, 1, 2, "all possible, zz-quiet later, own policy", "reach depends; thresholds depends; coverage note; agent note",
         "kind against; reach depends; thresholds depends; agent note", "~by its establishment in IE (Irish Ltd.) [s 20]"},
        {"US-OH", both, 2, 1, "all possible, zz-quiet later, own policy", "thresholds depends; coverage note; agent note",
         "kind against; thresholds depends; agent note", "~by its establishment in IE (Irish Ltd.) [s 20]"},
        {"US-OH", turned, 2, 3, "all possible, zz-quiet later, own policy", "thresholds depends; coverage note; agent note",
         "kind against; thresholds depends; agent note", "~by its establishment in IE (Irish Ltd.) [s 20]"},
        {"US-OH", nameless, 2, 0, "all possible, zz-quiet later, own policy", "reach depends; thresholds depends; coverage note; agent note",
         "kind against; reach depends; thresholds depends; agent note", "~by its establishment in NL [s 20]"},
        {"US-OH", both, 1, 0, "all possible, zz-quiet later, own policy", "reach depends; thresholds depends; coverage note; agent note",
         "kind against; reach depends; thresholds depends; agent note", "~by its establishment in NL [s 20]"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct advice advice;
        struct error error;
        struct text order = {0};
        char of_all[256] = "", of_quiet[256] = "";
        struct advice_question question = {.catalogue = *state, .residence = cases[i].residence, .right = "access", .on = day_of("2026-01-05"), .vendor = "V",
                                           .establishments = cases[i].places, .establishment_count = cases[i].place_count,
                                           .extensions = plain, .extension_count = cases[i].extension_count};
        assert_true(advice_give(&question, &advice, &error));
        const char *reach = "";
        for (size_t r = 0; r < advice.row_count; r++) {
            text_format(&order, "%s%s %s", r > 0 ? ", " : "", law_id(advice.rows[r].law), advice_strength_name(advice.rows[r].strength));
            reach = strcmp(law_id(advice.rows[r].law), "all") == 0 ? advice.rows[r].reach : reach;
        }
        reasons_of(&advice, "all", of_all);
        reasons_of(&advice, "zz-quiet", of_quiet);
        if (strcmp(order.text, cases[i].order) != 0 || strcmp(of_all, cases[i].of_all) != 0 || strcmp(of_quiet, cases[i].of_quiet) != 0 ||
            strcmp(reach, cases[i].reach_of_all) != 0)
            fail_msg("case %zu: {\"%s\", \"%s\", \"%s\", \"%s\"}", i, order.text, of_all, of_quiet, reach);
        text_release(&order);
        advice_release(&advice);
    }
}

static void equal_laws_come_by_their_ids(void **state)
{
    struct error error;
    struct advice advice;
    (void)state;
    small_change(&small, "laws/all.conf", "id = \"all\"", "id = \"zz-quiet\"");
    char from[96], to[96];
    snprintf(from, sizeof from, "%s/laws/all.conf", small.folder);
    snprintf(to, sizeof to, "%s/laws/quiet.conf", small.folder);
    assert_int_equal(rename(from, to), 0);
    small_restore(&small, "laws/all.conf");
    struct catalogue *catalogue = catalogue_load(small.laws, small.calendars, &error);
    struct advice_question question = {.catalogue = catalogue, .residence = "FR", .right = "access", .on = day_of("2026-01-05"), .vendor = "V", .processor = true};
    assert_true(advice_give(&question, &advice, &error));
    assert_string_equal(law_id(advice.rows[0].law), "all");
    assert_string_equal(law_id(advice.rows[1].law), "zz-quiet");
    assert_int_equal(advice.rows[1].strength, ADVICE_DOUBTFUL);
    assert_ptr_equal(advice.suggested, &advice.rows[0]); // the first of two that are doubtful
    advice_release(&advice);
    catalogue_free(catalogue);
    small_restore(&small, "laws/quiet.conf");
}

static int make(void **state)
{
    return small_load(&small, state);
}

static int unmake(void **state)
{
    return small_unload(&small, state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clocks_are_counted), cmocka_unit_test(steps_are_told_where_they_are_taken),
        cmocka_unit_test(agents_rights_are_listed), cmocka_unit_test(advice_says_what_it_rests_on), cmocka_unit_test(equal_laws_come_by_their_ids),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
