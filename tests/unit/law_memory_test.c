// SPDX-License-Identifier: GPL-3.0-or-later
// The law engine where memory runs out: an error that says so, or the very same answer; nothing lost, nothing left out.
#include "law/advice.h"
#include "law/clock.h"
#include "law/clock_json.h"
#include "law/law.h"
#include "tests/unit/memory.h"
#include "tests/unit/small.h"

static struct small small;

struct asked {
    const struct catalogue *catalogue;
    const char *wanted; // the answer with all memory
    char *got;
    struct clock_question question;
    struct advice_question advice;
};

static bool clean(const struct error *error)
{
    if (error->code == ERROR_NONE || error->text[0] == '\0')
        fail_msg("it fails without saying why");
    return false;
}

// What must be the same however little memory there was.
static void expect_same(struct asked *asked, char *got)
{
    if (got == NULL)
        return;
    if (asked->wanted != NULL && strcmp(got, asked->wanted) != 0)
        fail_msg("another answer, when little memory is left:\n%s\ninstead of\n%s", got, asked->wanted);
    if (asked->wanted == NULL) {
        asked->wanted = got;
        return;
    }
    free(got);
}

// Every day that every right gets, without steps.
static char *days_of(const struct catalogue *catalogue)
{
    static const struct law_event events[] = {{"sent", 20454}, {"received", 20455}, {"refused", 20470}, {"grievance_received", 20471}};
    struct text text = {0};
    for (size_t i = 0; i < catalogue_law_count(catalogue); i++)
        for (const char *const *right = right_words; *right != NULL; right++) {
            struct clock_question question = {.law = catalogue_law_at(catalogue, i), .right = *right, .events = events, .event_count = 4, .bare = true};
            struct clock_answer answer;
            struct error error;
            if (!clocks_compute(catalogue, &question, &answer, &error))
                continue;
            for (size_t c = 0; c < answer.clock_count; c++)
                text_format(&text, "%s %s %s %d %d %d %d %s\n", law_id(question.law), *right, answer.clocks[c].id, answer.clocks[c].earliest,
                            answer.clocks[c].due, answer.clocks[c].latest, (int)answer.clocks[c].state, answer.clocks[c].cite);
            clock_answer_release(&answer);
        }
    text_append(&text, catalogue_hash(catalogue));
    return text_take(&text);
}

static bool load(void *context)
{
    struct error error = {0};
    struct catalogue *catalogue = catalogue_load(small.laws, small.calendars, &error);
    if (catalogue == NULL)
        return clean(&error);
    size_t until = memory.until;
    memory.until = 0;
    expect_same(context, days_of(catalogue));
    memory.until = until;
    catalogue_free(catalogue);
    return true;
}

static bool check_file(void *context)
{
    const struct asked *asked = context;
    bool good = true;
    for (size_t i = 0; good && i < 6; i++) {
        char path[96];
        const char *kind;
        struct error error = {0};
        snprintf(path, sizeof path, "%s/%s", small.folder, small_files[i]);
        good = catalogue_check_file(asked->catalogue, path, &kind, &error) || clean(&error);
    }
    return good;
}

static bool compute(void *context)
{
    struct asked *asked = context;
    struct error error = {0};
    struct clock_answer answer;
    if (!clocks_compute(asked->catalogue, &asked->question, &answer, &error))
        return clean(&error);
    json_t *json = clock_answer_to_json(&answer);
    clock_answer_release(&answer);
    size_t until = memory.until;
    memory.until = 0;
    char *text = json != NULL ? json_dumps(json, JSON_SORT_KEYS) : NULL;
    expect_same(asked, text);
    json_decref(json);
    memory.until = until;
    return text != NULL;
}

static bool advise(void *context)
{
    struct asked *asked = context;
    struct error error = {0};
    struct advice advice;
    if (!advice_give(&asked->advice, &advice, &error))
        return clean(&error);
    size_t until = memory.until;
    struct text text = {0};
    memory.until = 0;
    for (size_t i = 0; i < advice.row_count; i++) {
        text_format(&text, "%s %s %s %s\n", law_id(advice.rows[i].law), advice_strength_name(advice.rows[i].strength), advice.rows[i].reach, advice.rows[i].clocks);
        for (size_t r = 0; r < advice.rows[i].reason_count; r++)
            text_format(&text, "  %s %s\n", advice.rows[i].reasons[r].word, advice.rows[i].reasons[r].text);
    }
    expect_same(asked, text_take(&text));
    memory.until = until;
    advice_release(&advice);
    return true;
}

// Errors are sentences even where there is no memory for the list of what would be allowed.
static bool misname(void *context)
{
    const struct asked *asked = context;
    struct error error = {0};
    assert_null(catalogue_find_law(asked->catalogue, "al", &error));
    clean(&error);
    assert_false(catalogue_check_calendar(asked->catalogue, "moon", &error));
    clean(&error);
    assert_false(law_check_right(asked->question.law, "acces", &error));
    clean(&error);
    assert_false(law_check_right(asked->question.law, "adm", &error));
    clean(&error);
    return true;
}

static void a_catalogue_is_read_whole_or_not_at_all(void **state)
{
    (void)state;
    struct asked asked = {0};
    assert_true(load(&asked)); // the answer to compare with
    memory_each("catalogue_load", load, &asked);
    free((char *)(uintptr_t)asked.wanted);
}

static void a_file_is_checked(void **state)
{
    struct asked asked = {.catalogue = *state};
    memory_each("catalogue_check_file", check_file, &asked);
}

static void clocks_are_all_there_or_none_is(void **state)
{
    static const struct law_event events[] = {{"sent", 20454},           {"fee_requested", 20455},         {"fee_confirmed", 20456},
                                              {"identity_requested", 20458}, {"identity_provided", 20460}, {"clarification_requested", 20461},
                                              {"clarification_provided", 20463}, {"extension_notice", 20470}, {"refused", 20480},
                                              {"appeal_sent", 20481}};
    static const date earlier[] = {20300, 20400};
    struct asked asked = {.catalogue = *state};
    asked.question = (struct clock_question){.law = catalogue_law(asked.catalogue, "all"), .right = "access", .events = events, .event_count = COUNT(events),
                                             .channel = CHANNEL_LETTER, .letter_days = 5, .earlier_requests = earlier, .earlier_count = 2};
    assert_true(compute(&asked));
    memory_each("clocks_compute", compute, &asked);
    free((char *)(uintptr_t)asked.wanted);
}

static void advice_is_whole_or_not_given(void **state)
{
    static const char *const for_all[] = {"all", "zz-quiet"};
    static const struct advice_establishment places[] = {{.country = "NL", .name = "Vendor BV"}}, for_some[] = {{.country = "NL", .laws = for_all, .law_count = 2}};
    static const struct {
        const char *from, *to; // what of laws/all.conf is changed
        const char *residence, *right;
        const struct advice_establishment *places;
        bool nonprofit;
    } cases[] = {
        {"", "", "FR", "access", places, true},
        {"", "", "FR", "deletion", places, true},
        {"", "", "US-OH", "access", for_some, false},
        {"", "", "US-OH", "access", for_some, true},
        {"\"a note\"", "\"a note.\"", "FR", "access", places, false},
        {"\"a note\"", "\"s. 1 has a note\"", "FR", "access", places, false},
        {"\"a note\"", "\"\"", "FR", "access", places, false},
        {"nonprofits = \"covered, if large\"; ", "", "FR", "access", places, true},
        {"thresholds = \"none\"; nonprofits = \"covered, if large\"; ", "", "FR", "access", places, false},
        {"thresholds = \"none\"; ", "", "FR", "access", places, false},
        {"covered, if large", "exempt", "FR", "access", places, true},
        {"allowed = \"yes\"", "allowed = \"unknown\"", "FR", "access", places, true},
        {"allowed = \"yes\"", "allowed = \"no\"", "FR", "access", places, true},
        {"how = \"in writing\"; ", "", "FR", "access", places, true},
        {"kind = \"statute\"", "kind = \"register\"", "FR", "access", places, false},
    };
    static const struct advice_extension extensions[] = {{"everybody", "its policy", "2026-01-01", 30}};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct error error;
        small_change(&small, "laws/all.conf", cases[i].from, cases[i].to);
        struct asked asked = {.catalogue = catalogue_load(small.laws, small.calendars, &error)};
        asked.advice = (struct advice_question){.catalogue = asked.catalogue, .residence = cases[i].residence, .right = cases[i].right, .on = 20454,
                                                .vendor = "Vendor", .nonprofit = cases[i].nonprofit, .processor = i % 2 == 0,
                                                .establishments = cases[i].places, .establishment_count = 1, .extensions = extensions,
                                                .extension_count = i % 3 == 0};
        assert_true(advise(&asked));
        memory_each("advice_give", advise, &asked);
        free((char *)(uintptr_t)asked.wanted);
        catalogue_free((struct catalogue *)(uintptr_t)asked.catalogue);
    }
    small_restore(&small, "laws/all.conf");
}

static void a_refusal_is_a_sentence(void **state)
{
    struct asked asked = {.catalogue = *state};
    asked.question.law = catalogue_law(asked.catalogue, "all");
    memory_each("refusals", misname, &asked);
}

static int make(void **state)
{
    memory_for_json();
    return small_load(&small, state);
}

static int unmake(void **state)
{
    return small_unload(&small, state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_catalogue_is_read_whole_or_not_at_all), cmocka_unit_test(a_file_is_checked),    cmocka_unit_test(clocks_are_all_there_or_none_is),
        cmocka_unit_test(advice_is_whole_or_not_given),            cmocka_unit_test(a_refusal_is_a_sentence),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
