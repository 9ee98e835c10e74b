// SPDX-License-Identifier: GPL-3.0-or-later
// Requests: what the tables of request_test.c leave, quarters at random, and both where memory runs out.
#include <stdio.h>

#include "law/catalogue.h"
#include "law/law.h"
#include "request/alias.h"
#include "request/event.h"
#include "request/kind.h"
#include "request/outcome.h"
#include "request/published.h"
#include "request/reference.h"
#include "request/reminder_plan.h"
#include "request/residence.h"
#include "request/rules.h"
#include "tests/unit/memory.h"

enum { TODAY = 20000, LEAST = 5 };

static uint32_t drawn(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % below;
}

static json_t *quarter_at_random(uint32_t seed)
{
    json_t *facts = json_array(), *vendors = json_array(), *rights = json_array();
    uint32_t vendor_count = 1 + drawn(&seed, 6), right_count = 1 + drawn(&seed, 4), requests = drawn(&seed, 90), patrons = 1 + drawn(&seed, 40);
    char name[24];
    for (uint32_t i = 0; i < vendor_count; i++) {
        snprintf(name, sizeof name, "vendor%u", i);
        json_array_append_new(vendors, json_string(name));
    }
    for (uint32_t i = 0; i < right_count; i++) {
        snprintf(name, sizeof name, "right%u", i);
        json_array_append_new(rights, json_string(name));
    }
    for (uint32_t i = 0; i < requests; i++) {
        int class = (int)drawn(&seed, 4), patron = (int)drawn(&seed, patrons);
        json_array_append_new(facts, json_pack("[i, i, i, i, i, i]", patron == 7 ? -1 : patron, (int)(drawn(&seed, vendor_count) * drawn(&seed, vendor_count)) % (int)vendor_count,
                                               (int)drawn(&seed, right_count), class, (int)drawn(&seed, 2), class <= 1 ? (int)drawn(&seed, 60) : -1));
    }
    return json_pack("{s:o, s:o, s:o}", "vendors", vendors, "rights", rights, "facts", facts);
}

// What can be read off any table: its totals hold, as far as they are shown.
static void check_table(const json_t *rows, uint32_t seed)
{
    static const char *const columns[] = {"not_denied", "denied", "overdue", "waiting"};
    size_t index;
    json_t *row;
    json_array_foreach(rows, index, row) {
        json_int_t sum = 0;
        bool hidden = false;
        for (size_t i = 0; i < COUNT(columns); i++) {
            const json_t *cell = json_object_get(row, columns[i]);
            hidden = hidden || json_is_null(cell);
            sum += json_integer_value(cell);
        }
        if (hidden ? sum > json_integer_value(json_object_get(row, "asked")) : sum != json_integer_value(json_object_get(row, "asked")))
            fail_msg("seed %u: a row whose cells are not its total", seed);
    }
}

static void quarters_at_random_hold_together(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 8000; seed++) {
        struct error error = {0};
        json_t *quarter = quarter_at_random(seed), *tables = published_tables(quarter, LEAST, &error);
        if (tables == NULL)
            fail_msg("seed %u: %s", seed, error.text);
        check_table(json_object_get(tables, "vendors"), seed);
        check_table(json_object_get(tables, "rights"), seed);
        json_decref(tables);
        json_decref(quarter);
    }
}

struct published {
    json_t *quarter;
    char *wanted;
};

static bool publish(void *context)
{
    struct published *published = context;
    struct error error = {0};
    json_t *tables = published_tables(published->quarter, LEAST, &error);
    if (tables == NULL && error.text[0] == '\0')
        fail_msg("it fails without saying why");
    size_t until = memory.until;
    memory.until = 0;
    char *text = tables != NULL ? json_dumps(tables, JSON_SORT_KEYS) : NULL;
    if (text != NULL && published->wanted != NULL && strcmp(text, published->wanted) != 0)
        fail_msg("with little memory other tables are published");
    bool good = text != NULL;
    if (published->wanted == NULL)
        published->wanted = text;
    else
        free(text);
    json_decref(tables);
    memory.until = until;
    return good;
}

static void tables_are_whole_or_not_published(void **state)
{
    (void)state;
    // Many rows, and answers without a day.
    json_t *vendors = json_array(), *facts = json_array();
    for (int i = 0; i < 12 * LEAST * 2; i++) {
        char name[24];
        snprintf(name, sizeof name, "vendor%d", i);
        if (i < 12)
            json_array_append_new(vendors, json_string(name));
        json_array_append_new(facts, json_pack("[i, i, i, i, i, i]", i, i % 12, 0, 0, 0, i % 12 == 3 ? -1 : 9));
    }
    struct published many = {.quarter = json_pack("{s:o, s:[s], s:o}", "vendors", vendors, "rights", "access", "facts", facts)};
    assert_true(publish(&many));
    assert_non_null(strstr(many.wanted, "\"median_days_to_answer\": null"));
    memory_each("published_tables of many", publish, &many);
    free(many.wanted);
    json_decref(many.quarter);
    json_t *undated = json_array();
    for (int i = 0; i < 80; i++)
        json_array_append_new(undated, json_pack("[i, i, i, i, i, i]", i, 0, 0, i < 50 ? 0 : (i - 50) % 3 + 1, i % 2, -1));
    struct published without = {.quarter = json_pack("{s:[s], s:[s], s:o}", "vendors", "v", "rights", "access", "facts", undated)};
    assert_true(publish(&without));
    assert_non_null(strstr(without.wanted, "\"median_days_to_answer\": null"));
    free(without.wanted);
    json_decref(without.quarter);
    for (uint32_t seed = 1; seed <= 12; seed++) {
        struct published published = {.quarter = quarter_at_random(seed)};
        assert_true(publish(&published));
        memory_each("published_tables", publish, &published);
        free(published.wanted);
        json_decref(published.quarter);
    }
}

static void facts_that_cannot_be_are_refused(void **state)
{
    static const char *const cases[] = {"[0, -1, 0, 0, 0, 0]", "[0, 0, -1, 0, 0, 0]", "[0, 1, 0, 0, 0, 0]", "[0, 0, 1, 0, 0, 0]", "[0, 0, 0, -1, 0, 0]",
                                        "[0, 0, 0, 4, 0, 0]",  "[0, 0, 0, 0, -1, 0]", "[0, 0, 0, 0, 2, 0]", "[0, 0, 0, 0, 0]",    "7"};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[128];
        struct error error = {0};
        snprintf(text, sizeof text, "{\"vendors\": [\"v\"], \"rights\": [\"r\"], \"facts\": [%s]}", cases[i]);
        json_t *json = json_loads(text, 0, NULL);
        assert_null(published_tables(json, LEAST, &error));
        assert_int_equal(error.code, ERROR_internal);
        json_decref(json);
    }
}

static void residences_are_countries_and_parts(void **state)
{
    static const struct {
        const char *text, *residence; // NULL: refused
    } cases[] = {{"nl", "NL"},   {"US-CA", "US-CA"}, {"fr-75", "FR-75"}, {"AR-B", "AR-B"}, {"GB-eng", "GB-ENG"}, {"", NULL},     {"N", NULL},    {"NLD", NULL},   {"1L", NULL},
                 {"N[", NULL},   {"N@", NULL},       {"us_ca", NULL},    {"US-", NULL},        {"U--CA", NULL}, {"US-C:", NULL}, {"US-C/", NULL}, {"US-CALIFORNIA-WEST-COAST", NULL}, {"US-CA`", NULL}, {"US-C{", NULL}};
    char residence[RESIDENCE_SIZE];
    struct error error;
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        bool good = residence_parse(cases[i].text, residence, &error);
        if (good != (cases[i].residence != NULL) || (good && strcmp(residence, cases[i].residence) != 0))
            fail_msg("%s", cases[i].text);
    }
}

static void aliases_say_nothing_and_differ(void **state)
{
    char alias[ALIAS_SIZE];
    (void)state;
    alias_make(0, 1, alias);
    assert_string_equal(alias, "amber-badger");
    alias_make(64, 0, alias);
    assert_string_equal(alias, "amber-beaver");
    alias_make(64 * 64 + 1, 2, alias);
    assert_string_equal(alias, "autumn-badger-3");
    alias_make(UINT64_MAX, 4, alias);
    assert_string_equal(alias, "velvet-wren-370497");
    alias_make(UINT64_MAX, 20, alias);
    assert_string_equal(alias, "velvet-wren-370497");
    alias_make(UINT64_MAX, 1, alias);
    assert_string_equal(alias, "velvet-wren");
}

static void states_and_events_have_names(void **state)
{
    enum request_state found;
    struct text known = {0};
    struct error error = {0};
    static const struct past_event twice[] = {{"sent", 1}, {"identity_requested", 9}, {"identity_requested", 5}, {"closed", 3}, {"closed", 8}};
    (void)state;
    for (enum request_state i = REQUEST_DRAFT; i <= REQUEST_CLOSED; i++)
        assert_true(request_state_parse(request_state_name(i), &found) && found == i);
    assert_false(request_state_parse("lost", &found));
    event_list_known("acknowleged", &known);
    assert_non_null(strstr(known.text, "Did you mean acknowledged? Known are: sent, received"));
    assert_null(strstr(known.text, "closed")); // nobody logs that
    text_clear(&known);
    event_list_known("something else", &known);
    assert_int_equal(strncmp(known.text, "Known are: ", 11), 0);
    text_release(&known);
    assert_true(event_rests_on(event_kind_find("appeal_answered"), "appeal_received"));
    assert_false(event_rests_on(event_kind_find("appeal_answered"), "sent"));
    // An answer comes after the first question, opening again after the last closing.
    assert_true(event_check(event_kind_find("identity_provided"), REQUEST_OPEN, twice, COUNT(twice), 5, TODAY, &error));
    assert_false(event_check(event_kind_find("identity_provided"), REQUEST_OPEN, twice, COUNT(twice), 4, TODAY, &error));
    assert_true(event_check(event_kind_find("reopened"), REQUEST_CLOSED, twice, COUNT(twice), 8, TODAY, &error));
    assert_false(event_check(event_kind_find("reopened"), REQUEST_CLOSED, twice, COUNT(twice), 7, TODAY, &error));
    static const struct past_event in_order[] = {{"sent", 1}, {"identity_requested", 5}, {"identity_requested", 9}};
    assert_true(event_check(event_kind_find("identity_provided"), REQUEST_OPEN, in_order, COUNT(in_order), 6, TODAY, &error));
    // What the law names may lie ahead, and some things before the request.
    assert_true(event_check(event_kind_find("extension_until"), REQUEST_OPEN, (const struct past_event[]){{"sent", 1}, {"extension_notice", 2}}, 2, TODAY + 9, TODAY, &error));
    assert_true(event_check(event_kind_find("violation"), REQUEST_OPEN, twice, 1, 0, TODAY, &error));
    assert_true(event_check(event_kind_find("note"), REQUEST_DRAFT, NULL, 0, 0, TODAY, &error));
    // An answer recorded twice after an appeal.
    static const struct past_event appealed[] = {{"sent", 1}, {"answered", 2}, {"appeal_received", 3}};
    assert_false(event_check(event_kind_find("answered"), REQUEST_OPEN, appealed, 3, 4, TODAY, &error));
    assert_non_null(strstr(error.text, "is appeal_answered"));
    static const struct past_event sent_appeal[] = {{"sent", 1}, {"received", 2}, {"appeal_sent", 3}};
    assert_false(event_check(event_kind_find("received"), REQUEST_OPEN, sent_appeal, 3, 4, TODAY, &error));
    assert_null(strstr(error.text, "is appeal_answered"));
    const char *misfit;
    static const struct past_event unknown[] = {{"eaten", 1}, {"sent", 2}};
    assert_int_equal(event_replay(unknown, 2, &misfit), REQUEST_OPEN);
}

static void kinds_of_request_allow_their_events(void **state)
{
    static const struct {
        enum clock_state state;
        const char *event;
        int on; // days after the last day
        bool good;
    } cases[] = {{CLOCK_PAUSED, "appeal_sent", 0, false}, {CLOCK_RUNNING, "appeal_sent", 0, false}, {CLOCK_RUNNING, "appeal_sent", 1, true}, {CLOCK_MET, "appeal_sent", 0, true},
                 {CLOCK_MET, "deemed_refused", 1, false}, {CLOCK_VOID, "deemed_refused", 0, true},  {CLOCK_PAUSED, "deemed_refused", 0, false}};
    struct error error;
    const struct law law = {.silence_refuses = true};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct clock clock = {.id = "respond", .state = cases[i].state, .latest = TODAY};
        const struct clock_answer answer = {.clocks = &clock, .clock_count = 1};
        if (kind_check(&law, "access", (struct law_event){cases[i].event, TODAY + cases[i].on}, NULL, 0, &answer, &error) != cases[i].good)
            fail_msg("case %zu", i);
    }
    const struct clock_answer nothing = {0};
    assert_true(kind_check(&law, "access", (struct law_event){"appeal_sent", TODAY}, NULL, 0, &nothing, &error));
    assert_true(kind_check(&law, "access", (struct law_event){"deemed_refused", TODAY}, NULL, 0, &nothing, &error));
    assert_true(kind_check(&law, "deletion", (struct law_event){"drop_deleted", TODAY}, NULL, 0, &nothing, &error));
    assert_true(kind_check(&law, "opt_out", (struct law_event){"drop_deleted", TODAY}, NULL, 0, &nothing, &error));
    assert_false(kind_check(&law, "access", (struct law_event){"drop_deleted", TODAY}, NULL, 0, &nothing, &error));
}

static void references_are_read_as_people_write_them(void **state)
{
    // O and 0, I, L and 1 are one; R- may be left out.
    char made[REFERENCE_SIZE], read[REFERENCE_SIZE], written[64];
    size_t zeros = 0, ones = 0;
    (void)state;
    for (uint64_t random = 1; random < 4000; random++) {
        reference_make(random * 2654435761u, made);
        assert_true(reference_parse(made, read));
        assert_string_equal(read, made);
        assert_true(reference_parse(made + 2, read));
        for (const char *zero = "0Oo"; *zero != '\0'; zero++)
            for (const char *one = "1IiLl"; *one != '\0'; one++) {
                snprintf(written, sizeof written, "%s", made);
                for (char *at = written + 1; *at != '\0'; at++) {
                    zeros += *at == '0';
                    ones += *at == '1';
                    *at = *at == '0' ? *zero : *at == '1' ? *one : *at;
                }
                assert_true(reference_parse(written, read));
                assert_string_equal(read, made);
            }
        snprintf(written, sizeof written, "r%s", made + 1);
        assert_true(reference_parse(written, read));
        made[3] = made[3] == '{' ? '}' : '{';
        assert_false(reference_parse(made, read));
    }
    assert_true(zeros > 0 && ones > 0);
    assert_false(reference_parse("X-7K3F-92QM", read));
    assert_false(reference_parse("", read));
}

static const struct reminder_policy policy = {
    .ack = {.before = {2, 3}, .before_count = 2, .after = {1}, .after_count = 1, .to = TO_FILER},
    .respond = {.before = {7, 1}, .before_count = 2, .after = {1, 5, 3}, .after_count = 3, .repeat_days = 7, .to = TO_FILER | TO_MANAGER},
    .appeal = {.before = {3}, .before_count = 1, .to = TO_FILER},
    .complaint = {.after = {2}, .after_count = 1, .to = TO_FILER},
    .courtesy = {.to = TO_FILER},
    .requester = {.before = {10}, .before_count = 1, .after = {1}, .after_count = 1, .to = TO_SUBJECT},
};

static void expect_plan(struct clock *clocks, size_t count, const struct wanted_reminder *wanted, size_t wanted_count, bool open, const char *expected)
{
    struct reminder_plan plan = {0};
    const struct clock_answer answer = {.clocks = clocks, .clock_count = count};
    struct text text = {0};
    reminder_plan_make(&answer, &policy, wanted, wanted_count, open, TODAY, &plan);
    text_append(&text, "");
    for (size_t i = 0; i < plan.count; i++)
        text_format(&text, "%s%s %s %+d/%d", i > 0 ? ", " : "", plan.list[i].clock, plan.list[i].kind, plan.list[i].on - TODAY, plan.list[i].repeat_days);
    if (strcmp(text.text, expected) != 0)
        fail_msg("%s instead of %s", text.text, expected);
    text_release(&text);
}

static struct clock at(const char *id, int days, enum clock_party party, bool legal)
{
    return (struct clock){.id = id, .party = party, .legal = legal, .state = CLOCK_RUNNING, .earliest = TODAY + days, .due = TODAY + days, .latest = TODAY + days};
}

static void each_kind_of_clock_has_its_rule(void **state)
{
    (void)state;
    struct clock ack = at("ack", 10, PARTY_VENDOR, true), appeal = at("appeal_answer", 10, PARTY_VENDOR, true), complaint = at("complaint", 0, PARTY_VENDOR, true),
                 courtesy = at("courtesy", 10, PARTY_VENDOR, false), own = at("complain", 20, PARTY_REQUESTER, true), respond = at("respond", 10, PARTY_VENDOR, true);
    assert_ptr_equal(reminder_policy_rule(&policy, &ack), &policy.ack);
    expect_plan(&ack, 1, NULL, 0, true, "ack early +8/0, ack early +7/0, ack overdue +11/0");
    ack = at("ack", 1, PARTY_VENDOR, true);
    expect_plan(&ack, 1, NULL, 0, true, "ack early -1/0, ack overdue +2/0");
    expect_plan(&appeal, 1, NULL, 0, true, "appeal_answer early +7/0");
    expect_plan(&complaint, 1, NULL, 0, true, "complaint overdue +2/0");
    expect_plan(&courtesy, 1, NULL, 0, true, "");
    expect_plan(&own, 1, NULL, 0, false, "complain own +10/0, complain own +21/0");
    expect_plan(&respond, 1, NULL, 0, false, "");
    expect_plan(&respond, 1, NULL, 0, true, "respond early +3/0, respond early +9/0, respond overdue +11/0, respond overdue +15/7, respond overdue +13/0");
    respond = at("respond", 1, PARTY_VENDOR, true); // of those past, the nearest
    expect_plan(&respond, 1, NULL, 0, true, "respond early +0/0, respond overdue +2/0, respond overdue +6/7, respond overdue +4/0");
    respond = at("respond", -4, PARTY_VENDOR, true); // late already
    expect_plan(&respond, 1, NULL, 0, true, "respond overdue +1/7, respond overdue -1/0");
    respond = at("respond", -5, PARTY_VENDOR, true);
    expect_plan(&respond, 1, NULL, 0, true, "respond overdue +7/7, respond overdue +0/0");
    respond = at("respond", -20, PARTY_VENDOR, true);
    expect_plan(&respond, 1, NULL, 0, true, "respond overdue +6/7, respond overdue -1/0");
    respond.due = DATE_NONE;
    expect_plan(&respond, 1, NULL, 0, true, "");
    respond.state = CLOCK_MET;
    expect_plan(&respond, 1, NULL, 0, true, "");
}

static void nobody_is_late_by_what_is_only_shown(void **state)
{
    static const struct wanted_reminder before[] = {{DATE_NONE, 3}};
    struct clock clocks[] = {at("transfer", 5, PARTY_VENDOR, true), at("suit_wait", 6, PARTY_VENDOR, true), at("respond_simple", 0, PARTY_VENDOR, true),
                             at("respond", 10, PARTY_VENDOR, true)};
    const struct clock_answer answer = {.clocks = clocks, .clock_count = COUNT(clocks)};
    (void)state;
    assert_int_equal(reminder_plan_next_due(&answer), TODAY + 10);
    expect_plan(clocks, 3, before, 1, true, "");
    expect_plan(clocks, 4, before, 1, true, "respond wanted +7/0, respond early +3/0, respond early +9/0, respond overdue +11/0, respond overdue +15/7, respond overdue +13/0");
}

static void a_wish_is_about_the_clock_that_ends_first(void **state)
{
    static const struct wanted_reminder before[] = {{DATE_NONE, 3}}, fixed[] = {{TODAY + 4, 0}, {TODAY + 4, 0}};
    struct clock clocks[] = {at("ack", 1, PARTY_VENDOR, true), at("courtesy", 9, PARTY_VENDOR, false), at("courtesy2", 5, PARTY_VENDOR, false), at("courtesy3", 7, PARTY_VENDOR, false),
                             at("complain", 2, PARTY_REQUESTER, true), at("void", 3, PARTY_VENDOR, false), at("open", 3, PARTY_VENDOR, false)};
    (void)state;
    clocks[5].state = CLOCK_VOID;
    clocks[6].due = DATE_NONE;
    const struct clock_answer answer = {.clocks = clocks, .clock_count = COUNT(clocks)}, none = {0};
    assert_int_equal(reminder_plan_next_due(&answer), TODAY + 5);
    assert_int_equal(reminder_plan_next_due(&none), DATE_NONE);
    struct clock courtesy[] = {clocks[2]};
    expect_plan(courtesy, 1, before, 1, true, "courtesy2 wanted +2/0");
    // On one day for two clocks, and for two reasons.
    struct clock twins[] = {at("ack", 10, PARTY_VENDOR, true), at("appeal_answer", 11, PARTY_VENDOR, true)};
    static const struct wanted_reminder same_day[] = {{DATE_NONE, 3}};
    expect_plan(twins, 2, same_day, 1, true, "appeal_answer wanted +8/0, ack early +8/0, ack early +7/0, ack overdue +11/0, appeal_answer early +8/0");
    expect_plan(NULL, 0, fixed, 2, true, " wanted +4/0"); // the same twice is one
    expect_plan(NULL, 0, before, 1, true, "");
    courtesy[0].due = courtesy[0].earliest = courtesy[0].latest = TODAY + 2;
    expect_plan(courtesy, 1, before, 1, true, "courtesy2 wanted -1/0"); // three days before two is past: it may wait for a working day
    courtesy[0].due = courtesy[0].earliest = courtesy[0].latest = TODAY - 1;
    expect_plan(courtesy, 1, before, 1, true, "");
    // No more than there is room for.
    struct wanted_reminder many[PLAN_MAXIMUM + 3];
    struct reminder_plan plan = {0};
    for (int i = 0; i < PLAN_MAXIMUM + 3; i++)
        many[i] = (struct wanted_reminder){TODAY + i, 0};
    reminder_plan_make(&none, &policy, many, COUNT(many), true, TODAY, &plan);
    assert_int_equal(plan.count, PLAN_MAXIMUM);
}

static bool misname_outcome(void *context)
{
    struct error error = {0};
    (void)context;
    assert_false(outcome_check("done", NULL, &error));
    assert_true(error.text[0] != '\0');
    assert_false(outcome_check(NULL, NULL, &error));
    assert_false(outcome_check("denied", "because", &error));
    return true;
}

#define EARLIER(law, right, day, open) {"R-1", law, right, day, open}
static void expect_warnings(const char *law_name, const char *right, date sent, const struct channel_limit *limit, const struct past_requests *past, const char *codes)
{
    struct error error;
    struct warnings warnings = {0};
    struct text text = {0};
    struct catalogue *catalogue = catalogue_load("tests/vectors/small/laws", "tests/vectors/small/calendars", &error);
    rules_check(catalogue_law(catalogue, law_name), right, sent, limit, past, &warnings);
    text_append(&text, "");
    for (size_t i = 0; i < warnings.count; i++) {
        text_format(&text, "%s%s", i > 0 ? ", " : "", warnings.list[i].code);
        if (warnings.list[i].free_from != DATE_NONE)
            text_format(&text, " %d", warnings.list[i].free_from);
    }
    if (strcmp(text.text, codes) != 0)
        fail_msg("%s instead of %s", text.text, codes);
    text_release(&text);
    // What has no room is left out.
    warnings.count = WARNINGS_MAXIMUM;
    rules_check(catalogue_law(catalogue, law_name), right, sent, limit, past, &warnings);
    assert_int_equal(warnings.count, WARNINGS_MAXIMUM);
    catalogue_free(catalogue);
}

static void limits_count_what_they_are_about(void **state)
{
    // 20000 is 2024-10-04. The small law lets through two in twelve months, access and deletion together.
    static const struct earlier_request two[] = {EARLIER("all", "access", 19900, true), EARLIER("all", "deletion", 19950, false), EARLIER("own", "access", 19960, true),
                                                 EARLIER("all", "complaint", 19970, true)};
    static const struct earlier_request after[] = {EARLIER("all", "access", 20030, false), EARLIER("all", "access", 20020, false), EARLIER("all", "access", 21000, false)};
    static const struct earlier_request around[] = {EARLIER("all", "access", 19900, false), EARLIER("all", "access", 19950, false), EARLIER("all", "access", 20100, false),
                                                    EARLIER("all", "access", 20050, false)};
    static const struct earlier_request portable[] = {EARLIER("all", "complaint", 19990, true), EARLIER("all", "portability", 19990, false), EARLIER("all", "portability", 19991, true)};
    static const struct purged_request gone[] = {{"own", "access", 19997}, {"all", "complaint", 19997}, {"all", "access", 18000}, {"all", "access", 19997}, {"all", "deletion", 19997}};
    static const struct channel_limit thrice = {3, false, 12, "page"}, yearly = {1, true, 0, "page"}, none = {0};
    static struct earlier_request many[70];
    (void)state;
    for (size_t i = 0; i < COUNT(many); i++)
        many[i] = (struct earlier_request)EARLIER("all", "access", 19999, false);
    const struct past_requests nothing = {0}, of_two = {.earlier = two, .earlier_count = 4}, of_after = {.earlier = after, .earlier_count = 3},
                               of_around = {.earlier = around, .earlier_count = 4}, of_many = {.earlier = many, .earlier_count = COUNT(many)},
                               of_gone = {.purged = gone, .purged_count = 5}, of_portable = {.earlier = portable, .earlier_count = 3};
    expect_warnings("own", "access", 20000, NULL, &of_two, "still_open");
    expect_warnings("all", "complaint", 20000, &none, &of_two, "still_open");
    expect_warnings("all", "access", 20000, NULL, &nothing, "");
    expect_warnings("all", "access", 20000, NULL, &of_two, "still_open, frequency_law 20265");
    expect_warnings("all", "deletion", 20000, NULL, &of_two, "frequency_law 20265, access_before_deletion");
    expect_warnings("all", "deletion", 20000, NULL, &nothing, "");
    expect_warnings("all", "deletion", 20000, NULL, &of_portable, "access_before_deletion");
    expect_warnings("all", "access", 20000, NULL, &of_after, "frequency_law 20385");
    expect_warnings("all", "access", 20000, NULL, &of_around, "frequency_law 20415");
    expect_warnings("all", "access", 20000, &thrice, &of_many, "frequency_law 20364, frequency_vendor 20364");
    expect_warnings("all", "access", 20000, &yearly, &of_two, "still_open, frequency_law 20265, frequency_vendor 20089");
    expect_warnings("all", "access", 20000, &thrice, &of_gone, "frequency_unknown, frequency_unknown");
    expect_warnings("all", "access", 20000, &yearly, &of_gone, "frequency_unknown, frequency_unknown");
}

static void a_wrong_outcome_is_a_sentence(void **state)
{
    (void)state;
    memory_each("outcome_check", misname_outcome, NULL);
}

static int make(void **state)
{
    (void)state;
    memory_for_json();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quarters_at_random_hold_together),   cmocka_unit_test(tables_are_whole_or_not_published),
        cmocka_unit_test(facts_that_cannot_be_are_refused),   cmocka_unit_test(residences_are_countries_and_parts),
        cmocka_unit_test(aliases_say_nothing_and_differ),     cmocka_unit_test(states_and_events_have_names),
        cmocka_unit_test(kinds_of_request_allow_their_events), cmocka_unit_test(references_are_read_as_people_write_them),
        cmocka_unit_test(each_kind_of_clock_has_its_rule),    cmocka_unit_test(nobody_is_late_by_what_is_only_shown),
        cmocka_unit_test(a_wish_is_about_the_clock_that_ends_first),
        cmocka_unit_test(a_wrong_outcome_is_a_sentence),      cmocka_unit_test(limits_count_what_they_are_about),
    };
    return cmocka_run_group_tests(tests, make, NULL);
}
