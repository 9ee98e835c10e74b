// SPDX-License-Identifier: GPL-3.0-or-later
// Events, outcomes, references, rules between requests, the plan of reminders.
#include "tests/unit/check.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "law/law.h"
#include "request/event.h"
#include "request/kind.h"
#include "request/outcome.h"
#include "request/reference.h"
#include "request/reminder_plan.h"
#include "request/rules.h"

enum { TODAY = 20000 };

static void events_are_allowed_or_refused(void **state)
{
    static const struct past_event past[] = {{"sent", TODAY - 30}, {"identity_requested", TODAY - 20}, {"closed", TODAY - 5}};
    static const struct {
        const char *event;
        enum request_state in;
        date on;
        const char *field; // NULL: allowed
    } cases[] = {
        {"acknowledged", REQUEST_OPEN, TODAY, NULL},          {"acknowledged", REQUEST_OPEN, TODAY - 30, NULL},
        {"acknowledged", REQUEST_OPEN, TODAY - 31, "on"},      {"acknowledged", REQUEST_OPEN, TODAY + 1, "on"},
        {"acknowledged", REQUEST_CLOSED, TODAY, "event"},      {"acknowledged", REQUEST_DRAFT, TODAY, "event"},
        {"identity_provided", REQUEST_OPEN, TODAY - 20, NULL}, {"identity_provided", REQUEST_OPEN, TODAY - 21, "on"},
        {"fee_paid", REQUEST_OPEN, TODAY, "event"},            {"sent", REQUEST_OPEN, TODAY, "event"},
        {"reopened", REQUEST_OPEN, TODAY, "event"},            {"reopened", REQUEST_CLOSED, TODAY, NULL},
        {"identity_requested", REQUEST_OPEN, TODAY, NULL},     {"note", REQUEST_CLOSED, TODAY, NULL},
        {"abandoned", REQUEST_DRAFT, TODAY, NULL},            {"reopened", REQUEST_CLOSED, TODAY - 6, "on"},
        {"appeal_answered", REQUEST_OPEN, TODAY, "event"},     {"appeal_sent", REQUEST_CLOSED, TODAY, NULL},
        {"no_longer_needed", REQUEST_OPEN, TODAY - 31, NULL},  {"violation", REQUEST_OPEN, TODAY - 31, NULL},
        {"act_or_discovery", REQUEST_OPEN, TODAY - 31, NULL},  {"known", REQUEST_OPEN, TODAY - 31, NULL},
        {"drop_deleted", REQUEST_OPEN, TODAY - 31, "on"},      {"complaint_sent", REQUEST_OPEN, TODAY - 31, "on"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct error error = {0};
        bool allowed = event_check(event_kind_find(cases[i].event), cases[i].in, past, COUNT(past), cases[i].on, TODAY, &error);
        if (allowed != (cases[i].field == NULL))
            fail_msg("case %zu, %s: %s", i, cases[i].event, error.text);
        if (!allowed)
            assert_string_equal(error.field, cases[i].field);
    }
    assert_null(event_kind_find("eaten"));
}

static void what_was_never_sent_takes_what_may_come_before(void **state)
{
    static const struct past_event given_up[] = {{"abandoned", TODAY - 5}};
    (void)state;
    for (size_t i = 0; i < event_kind_count; i++) {
        static const char *const before[] = {"no_longer_needed", "violation", "act_or_discovery", "known", "reopened", "amended", "note", NULL};
        struct error error = {0};
        bool allowed = event_check(&event_kinds[i], REQUEST_CLOSED, given_up, COUNT(given_up), TODAY, TODAY, &error);
        if (allowed != text_is_one_of(event_kinds[i].name, before))
            fail_msg("%s: %s", event_kinds[i].name, error.text);
    }
}

static void a_draft_is_given_up_and_not_closed(void **state)
{
    static const struct {
        const char *event, *hint;
    } cases[] = {{"withdrawn", "`dsr abandon` gives it up"}, {"closed", "`dsr abandon` gives it up"}, {"answered", "log `sent` first"}, {"appeal_sent", "log `sent` first"}};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct error error = {0};
        assert_false(event_check(event_kind_find(cases[i].event), REQUEST_DRAFT, NULL, 0, TODAY, TODAY, &error));
        if (strstr(error.text, cases[i].hint) == NULL)
            fail_msg("%s: %s", cases[i].event, error.text);
    }
}

static void the_state_follows_from_the_events(void **state)
{
    static const struct past_event events[] = {{"sent", 1}, {"answered", 2}, {"closed", 3}, {"reopened", 4}, {"withdrawn", 5}};
    static const enum request_state after[] = {REQUEST_DRAFT, REQUEST_OPEN, REQUEST_OPEN, REQUEST_CLOSED, REQUEST_OPEN, REQUEST_CLOSED};
    static const struct past_event late_sent[] = {{"acknowledged", 2}, {"closed", 3}, {"sent", 1}};
    static const struct past_event appealed[] = {{"sent", 1}, {"closed", 2}, {"appeal_sent", 3}};
    static const struct past_event draft[] = {{"abandoned", 1}, {"reopened", 2}};
    static const struct past_event never_sent[] = {{"abandoned", 1}, {"appeal_sent", 2}};
    static const struct past_event without_closing[] = {{"sent", 1}, {"reopened", 4}, {"withdrawn", 5}};
    const char *misfit;
    (void)state;
    for (size_t i = 0; i <= COUNT(events); i++) {
        assert_int_equal(event_replay(events, i, &misfit), after[i]);
        assert_null(misfit);
    }
    assert_int_equal(event_replay(late_sent, COUNT(late_sent), &misfit), REQUEST_CLOSED);
    assert_null(misfit);
    assert_int_equal(event_replay(appealed, COUNT(appealed), &misfit), REQUEST_OPEN);
    assert_int_equal(event_replay(draft, COUNT(draft), &misfit), REQUEST_DRAFT);
    event_replay(without_closing, COUNT(without_closing), &misfit);
    assert_string_equal(misfit, "reopened");
    event_replay(never_sent, COUNT(never_sent), &misfit);
    assert_string_equal(misfit, "appeal_sent");
}

static void the_vendor_may_answer_once_more_when_opened_again(void **state)
{
    static const struct past_event past[] = {
        {"sent", TODAY - 30}, {"answered", TODAY - 20}, {"closed", TODAY - 10}, {"reopened", TODAY - 9}};
    static const struct past_event appealed[] = {{"sent", TODAY - 30}, {"refused", TODAY - 20}, {"appeal_sent", TODAY - 10}};
    static const struct {
        const char *event;
        bool again;
    } cases[] = {{"answered", true},  {"refused", true},           {"deemed_refused", true}, {"referred", true}, {"outcome", true},
                 {"received", false}, {"complaint_sent", false}};
    struct error error = {0};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct past_event opened[] = {{"sent", TODAY - 30}, {cases[i].event, TODAY - 20}, {"closed", TODAY - 10}, {"reopened", TODAY - 9}};
        if (event_check(event_kind_find(cases[i].event), REQUEST_OPEN, opened, COUNT(opened), TODAY, TODAY, &error) != cases[i].again)
            fail_msg("%s", cases[i].event);
        assert_false(event_check(event_kind_find(cases[i].event), REQUEST_OPEN, opened, 2, TODAY, TODAY, &error));
    }
    assert_true(event_check(event_kind_find("answered"), REQUEST_OPEN, past, COUNT(past), TODAY, TODAY, &error));
    assert_false(event_check(event_kind_find("answered"), REQUEST_OPEN, past, 2, TODAY, TODAY, &error));
    assert_null(strstr(error.text, "appeal"));
    assert_false(event_check(event_kind_find("refused"), REQUEST_OPEN, appealed, COUNT(appealed), TODAY, TODAY, &error));
    assert_non_null(strstr(error.text, "is appeal_answered."));
}

static void a_day_here_is_the_one_there_that_fits_what_came_before(void **state)
{
    static const struct {
        const char *event;
        date sent, asked, on, here, today, day; // asked: identity_requested
    } cases[] = {
        {"received", 10, DATE_NONE, 12, 12, 12, 12}, // the same day everywhere
        {"received", 10, DATE_NONE, 12, 12, 11, 11}, // not begun there
        {"received", 10, DATE_NONE, 13, 12, 11, 13}, // not begun here either
        {"received", 10, DATE_NONE, 11, 12, 11, 11},
        {"received", 12, DATE_NONE, 11, 11, 12, 12}, // sent a moment ago, where it is tomorrow
        {"received", 11, DATE_NONE, 11, 11, 12, 11},
        {"received", 12, DATE_NONE, 10, 11, 12, 10}, // yesterday is yesterday
        {"received", 13, DATE_NONE, 11, 11, 12, 11}, // of a record with days to come
        {"identity_provided", 10, 12, 11, 11, 12, 12},
        {"identity_provided", 10, 13, 11, 11, 12, 11},
        {"identity_provided", 10, 11, 11, 11, 12, 11},
        {"complaint_sent", 12, DATE_NONE, 11, 11, 12, 12},
        {"known", 12, DATE_NONE, 11, 11, 12, 11}, // may come before
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct past_event past[] = {{"sent", cases[i].sent}, {"identity_requested", cases[i].asked}};
        size_t count = cases[i].asked == DATE_NONE ? 1 : 2;
        date day = event_day(event_kind_find(cases[i].event), past, count, cases[i].on, cases[i].here, cases[i].today);
        if (day != cases[i].day)
            fail_msg("case %zu: %s on day %d", i, cases[i].event, (int)day);
    }
}

static void an_event_fits_the_kind_of_the_request(void **state)
{
    static const struct {
        const char *right, *event, *before; // `before` came earlier, or NULL
        enum clock_state respond;
        date latest;
        const char *words; // of the refusal; NULL: allowed
    } cases[] = {
        {"deletion", "appeal_sent", NULL, CLOCK_RUNNING, TODAY, "may answer until"},
        {"deletion", "appeal_sent", NULL, CLOCK_PAUSED, DATE_NONE, "stands still"},
        {"deletion", "appeal_sent", NULL, CLOCK_RUNNING, TODAY - 1, NULL},
        {"deletion", "appeal_received", "refused", CLOCK_MET, TODAY, NULL},
        {"deletion", "deemed_refused", NULL, CLOCK_RUNNING, TODAY, "only when its time is over"},
        {"deletion", "deemed_refused", NULL, CLOCK_RUNNING, TODAY - 1, NULL},
        {"deletion", "deemed_refused", "answered", CLOCK_MET, TODAY - 1, "no silence"},
        {"access", "deemed_refused", NULL, CLOCK_RUNNING, TODAY - 1, "does not say that silence"}, // to a law that is silent about silence
        {"deletion", "complaint_answered", NULL, CLOCK_RUNNING, TODAY, "needs complaint_sent"},
        {"deletion", "complaint_answered", "complaint_sent", CLOCK_RUNNING, TODAY, NULL},
        {"complaint", "complaint_answered", NULL, CLOCK_RUNNING, TODAY, NULL},
        {"access", "drop_retrieved", NULL, CLOCK_RUNNING, TODAY, "takes deletion and opt_out, not access"},
        {"opt_out", "drop_retrieved", NULL, CLOCK_RUNNING, TODAY, NULL},
        {"access", "acknowledged", NULL, CLOCK_RUNNING, TODAY, NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct law law = {.short_name = "law", .silence_refuses = strcmp(cases[i].right, "deletion") == 0};
        struct error error = {0};
        struct clock respond = {
            .id = "respond", .party = PARTY_VENDOR, .state = cases[i].respond, .due = cases[i].latest, .latest = cases[i].latest};
        struct clock_answer answer = {.clocks = &respond, .clock_count = 1};
        struct law_event events[] = {
            {"sent", TODAY - 30}, {cases[i].before != NULL ? cases[i].before : "note", TODAY - 10}, {cases[i].event, TODAY}};
        bool allowed = kind_check(&law, cases[i].right, events[2], events, COUNT(events), &answer, &error);
        if (allowed != (cases[i].words == NULL) || (!allowed && strstr(error.text, cases[i].words) == NULL))
            fail_msg("case %zu, %s: %s", i, cases[i].event, error.text);
    }
}

static void an_outcome_may_need_a_reason(void **state)
{
    struct error error;
    (void)state;
    assert_true(outcome_check("fulfilled", NULL, &error));
    assert_true(outcome_check("denied", "no_match", &error));
    assert_false(outcome_check("denied", NULL, &error));
    assert_string_equal(error.field, "reason");
    assert_false(outcome_check("denied", "bad mood", &error));
    assert_false(outcome_check("fulfilled", "no_match", &error));
    assert_false(outcome_check("eaten", NULL, &error));
    assert_string_equal(error.field, "outcome");
    assert_false(outcome_check(NULL, NULL, &error));
}

static void a_reference_survives_people(void **state)
{
    char reference[REFERENCE_SIZE], read[REFERENCE_SIZE], changed[REFERENCE_SIZE + 4];
    size_t refused = 0, tried = 0;
    (void)state;
    for (uint64_t n = 0; n < 300; n++) {
        reference_make(n * 0x9E3779B97F4A7C15u, reference);
        assert_int_equal(strlen(reference), 11);
        assert_true(reference_parse(reference, read));
        assert_string_equal(read, reference);
        // Lower case, no dashes, no R.
        size_t length = 0;
        for (size_t i = 2; reference[i] != '\0'; i++)
            if (reference[i] != '-')
                changed[length++] = (char)tolower((unsigned char)reference[i]);
        changed[length] = '\0';
        assert_true(reference_parse(changed, read));
        assert_string_equal(read, reference);
        // One character mistyped.
        for (size_t i = 2; i < 10; i++) {
            if (reference[i] == '-')
                continue;
            memcpy(changed, reference, REFERENCE_SIZE);
            changed[i] = changed[i] == 'X' ? 'Y' : 'X';
            tried++;
            refused += !reference_parse(changed, read);
        }
    }
    assert_int_equal(refused, tried); // the check character finds each
    assert_false(reference_parse("", read));
    assert_false(reference_parse("R-0000-000U", read));
    assert_false(reference_parse("R-0000-00000", read));
}

static void rules_between_requests_warn(void **state)
{
    struct error error;
    struct catalogue *catalogue = catalogue_load("etc/laws", "etc/calendars", &error);
    const struct law *ccpa = catalogue_law(catalogue, "us-ca-ccpa");
    struct law_clock clock = {.from = "refused_or_deemed"};
    assert_true(law_silence_refuses(&(struct law){.clocks = &clock, .clock_count = 1}));
    assert_true(law_silence_refuses(catalogue_law(catalogue, "nz-privacy"))); // in words alone
    assert_false(law_silence_refuses(catalogue_law(catalogue, "eu-gdpr")));
    const struct channel_limit none = {0}, yearly = {.count = 1, .calendar_year = true, .source = "its policy"};
    const date day = date_make(2026, 11, 2);
    const struct earlier_request two[] = {{"R-1", "us-ca-ccpa", "access", day - 300, false}, {"R-2", "us-ca-ccpa", "access", day - 10, false}};
    const struct earlier_request long_ago[] = {{"R-1", "us-ca-ccpa", "access", day - 400, false}, {"R-2", "us-ca-ccpa", "access", day - 10, false}};
    const struct earlier_request open_access[] = {{"R-3", "us-ca-ccpa", "access", day - 10, true}};
    const struct earlier_request corrections[] = {{"R-4", "us-ca-ccpa", "correction", day - 10, false}};
    const struct earlier_request three[] = {{"R-1", "us-ca-ccpa", "access", date_make(2026, 1, 10), false}, {"R-2", "us-ca-ccpa", "access", date_make(2026, 9, 1), false}, {"R-5", "us-ca-ccpa", "access", date_make(2026, 3, 5), false}};
    struct warnings warnings = {0};
    (void)state;
    rules_check(ccpa, "access", day, &none, &(struct past_requests){.earlier = three, .earlier_count = 3}, &warnings);
    assert_int_equal(warnings.list[0].free_from, date_make(2027, 3, 5)); // when the second of three has fallen out
    warnings.count = 0;
    rules_check(ccpa, "access", day, &none, &(struct past_requests){.earlier = two, .earlier_count = 2}, &warnings);
    assert_int_equal(warnings.count, 1);
    assert_string_equal(warnings.list[0].code, "frequency_law");
    assert_true(warnings.list[0].must_confirm);
    warnings.count = 0;
    rules_check(ccpa, "access", day, &none, &(struct past_requests){.earlier = long_ago, .earlier_count = 2}, &warnings);
    assert_int_equal(warnings.count, 0);
    // Recorded late: sent between two others, it makes three in the twelve months of the last.
    rules_check(ccpa, "access", day - 250, &none, &(struct past_requests){.earlier = two, .earlier_count = 2}, &warnings);
    assert_int_equal(warnings.count, 1);
    warnings.count = 0;
    rules_check(ccpa, "access", day - 300, &none, &(struct past_requests){.earlier = long_ago, .earlier_count = 2}, &warnings);
    assert_int_equal(warnings.count, 0);
    rules_check(ccpa, "deletion", day, &none, &(struct past_requests){.earlier = open_access, .earlier_count = 1}, &warnings);
    assert_int_equal(warnings.count, 1);
    assert_string_equal(warnings.list[0].code, "access_before_deletion");
    warnings.count = 0;
    rules_check(ccpa, "access", day, &none, &(struct past_requests){.earlier = open_access, .earlier_count = 1}, &warnings);
    assert_int_equal(warnings.count, 1);
    assert_string_equal(warnings.list[0].code, "still_open");
    assert_false(warnings.list[0].must_confirm);
    assert_non_null(strstr(warnings.list[0].text, "R-3, sent on 2026-10-23, asks this vendor"));
    warnings.count = 0;
    rules_check(ccpa, "correction", day, &yearly, &(struct past_requests){.earlier = corrections, .earlier_count = 1}, &warnings);
    assert_int_equal(warnings.count, 1);
    assert_string_equal(warnings.list[0].code, "frequency_vendor");
    assert_int_equal(warnings.list[0].free_from, date_make(2027, 1, 1));
    assert_null(strstr(warnings.list[0].text, "as far as"));
    catalogue_free(catalogue);
}

// What is purged may have been this person's: it never counts, and is never passed over in silence.
static void limits_say_what_dsrd_no_longer_knows(void **state)
{
    struct error error;
    struct catalogue *catalogue = catalogue_load("etc/laws", "etc/calendars", &error);
    assert_non_null(catalogue);
    const struct law *ccpa = catalogue_law(catalogue, "us-ca-ccpa");
    const struct channel_limit none = {0}, yearly = {.count = 1, .calendar_year = true};
    const date day = date_make(2026, 11, 2);
    const struct earlier_request two[] = {{"R-1", "us-ca-ccpa", "access", day - 300, false}, {"R-2", "us-ca-ccpa", "access", day - 10, false}};
    const struct {
        const char *law, *right, *code;
        date month;
        const struct channel_limit *limit;
        size_t earlier;
        bool asks, says;
    } cases[] = {
        {"us-ca-ccpa", "access", "frequency_unknown", date_make(2026, 3, 1), &none, 0, false, true},
        {"us-ca-ccpa", "access", "frequency_unknown", date_make(2026, 3, 1), &none, 1, false, true},
        {"us-ca-ccpa", "access", "frequency_law", date_make(2026, 3, 1), &none, 2, true, true},
        {"us-ca-ccpa", "access", "frequency_law", date_make(2025, 10, 1), &none, 2, true, false}, // its month had ended a year before
        {"us-ca-ccpa", "access", "frequency_unknown", date_make(2025, 11, 1), &none, 0, false, true}, // from the 3rd on it counts
        {"us-ca-ccpa", "access", NULL, date_make(2025, 10, 1), &none, 0, false, false},
        {"us-ca-ccpa", "access", "frequency_unknown", date_make(2027, 10, 1), &none, 0, false, true}, // this one counts in the window of a later one
        {"us-ca-ccpa", "access", NULL, date_make(2027, 12, 1), &none, 0, false, false},
        {"eu-gdpr", "access", NULL, date_make(2026, 3, 1), &none, 0, false, false},
        {"us-ca-ccpa", "correction", NULL, date_make(2026, 3, 1), &none, 0, false, false},
        {"eu-gdpr", "access", "frequency_unknown", date_make(2026, 1, 1), &yearly, 0, false, true},
        {"eu-gdpr", "access", "frequency_vendor", date_make(2026, 1, 1), &yearly, 1, true, true},
        {"eu-gdpr", "access", NULL, date_make(2025, 12, 1), &yearly, 0, false, false},
        {"eu-gdpr", "deletion", NULL, date_make(2026, 1, 1), &yearly, 0, false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct purged_request purged = {cases[i].law, cases[i].right, cases[i].month};
        const struct past_requests past = {two, cases[i].earlier, &purged, 1};
        struct warnings warnings = {0};
        rules_check(ccpa, "access", day, cases[i].limit, &past, &warnings);
        if (cases[i].code == NULL ? warnings.count != 0 : warnings.count != 1 || strcmp(warnings.list[0].code, cases[i].code) != 0)
            fail_msg("case %zu: %zu warnings, the first is %s", i, warnings.count, warnings.count > 0 ? warnings.list[0].code : "none");
        if (cases[i].code == NULL)
            continue;
        assert_int_equal(warnings.list[0].must_confirm, cases[i].asks);
        assert_int_equal(strstr(warnings.list[0].text, ", as far as dsrd still knows") != NULL, cases[i].says);
    }
    catalogue_free(catalogue);
}

static struct clock running(const char *id, enum clock_party party, date due)
{
    return (struct clock){.id = id, .party = party, .state = CLOCK_RUNNING, .due = due, .earliest = due, .latest = due, .legal = true};
}

static bool has(const struct reminder_plan *plan, const char *clock, const char *kind, date on)
{
    for (size_t i = 0; i < plan->count; i++)
        if (strcmp(plan->list[i].clock, clock) == 0 && strcmp(plan->list[i].kind, kind) == 0 && plan->list[i].on == on)
            return true;
    return false;
}

static void reminders_follow_the_policy(void **state)
{
    static const struct reminder_policy policy = {
        .respond = {.after = {1}, .after_count = 1, .repeat_days = 7, .to = TO_FILER},
        .requester = {.before = {10, 3, 1}, .before_count = 3, .after = {2}, .after_count = 1, .to = TO_FILER},
    };
    const struct wanted_reminder wanted[] = {{DATE_NONE, 3}, {TODAY + 50, 0}};
    struct clock clocks[] = {running("respond", PARTY_VENDOR, TODAY + 20), running("appeal", PARTY_REQUESTER, TODAY + 5)};
    struct clock_answer answer = {.clocks = clocks, .clock_count = 2};
    struct reminder_plan plan;
    (void)state;
    reminder_plan_make(&answer, &policy, wanted, 2, true, TODAY, &plan);
    assert_true(has(&plan, "respond", "overdue", TODAY + 21));
    assert_true(has(&plan, "respond", "wanted", TODAY + 17));
    assert_true(has(&plan, "", "wanted", TODAY + 50));
    assert_true(has(&plan, "appeal", "own", TODAY + 2));
    assert_true(has(&plan, "appeal", "own", TODAY + 4));
    assert_true(has(&plan, "appeal", "own", TODAY - 5)); // the ten days' notice, late but in time
    assert_true(has(&plan, "appeal", "own", TODAY + 7));
    assert_int_equal(plan.count, 7);
    clocks[0].state = CLOCK_PAUSED;
    clocks[1].state = CLOCK_MET;
    reminder_plan_make(&answer, &policy, wanted + 1, 1, true, TODAY, &plan);
    assert_int_equal(plan.count, 1); // what was asked for comes whatever the state
    assert_true(has(&plan, "", "wanted", TODAY + 50));
}

static void a_missed_past_is_told_once(void **state)
{
    static const struct reminder_policy policy = {.respond = {.after = {1, 3}, .after_count = 2, .repeat_days = 7, .to = TO_FILER}};
    struct clock clocks[] = {running("respond", PARTY_VENDOR, TODAY - 100)};
    struct clock_answer answer = {.clocks = clocks, .clock_count = 1};
    struct reminder_plan plan;
    (void)state;
    reminder_plan_make(&answer, &policy, NULL, 0, true, TODAY, &plan);
    assert_int_equal(plan.count, 2);
    assert_true(has(&plan, "respond", "overdue", TODAY - 100 + 3 + 13 * 7)); // the newest that has passed
    assert_true(has(&plan, "respond", "overdue", TODAY - 100 + 3 + 14 * 7)); // and the next
    reminder_plan_make(&answer, &policy, NULL, 0, false, TODAY, &plan);
    assert_int_equal(plan.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_are_allowed_or_refused), cmocka_unit_test(what_was_never_sent_takes_what_may_come_before),
        cmocka_unit_test(a_draft_is_given_up_and_not_closed), cmocka_unit_test(the_state_follows_from_the_events),
        cmocka_unit_test(the_vendor_may_answer_once_more_when_opened_again), cmocka_unit_test(an_event_fits_the_kind_of_the_request),
        cmocka_unit_test(a_day_here_is_the_one_there_that_fits_what_came_before),
        cmocka_unit_test(an_outcome_may_need_a_reason),  cmocka_unit_test(a_reference_survives_people),
        cmocka_unit_test(rules_between_requests_warn),   cmocka_unit_test(limits_say_what_dsrd_no_longer_knows),
        cmocka_unit_test(reminders_follow_the_policy),
        cmocka_unit_test(a_missed_past_is_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
