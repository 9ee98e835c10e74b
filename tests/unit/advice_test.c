// SPDX-License-Identifier: GPL-3.0-or-later
// Which laws are advised to whom, how strong, in which order, and what speaks against them: the laws of etc/laws and vendors made up here.
#include "tests/unit/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "law/advice.h"
#include "law/places.h"
#include "shared/date.h"

enum { LIST_SIZE = 2048 };

static const char *const union_laws[] = {"eu-gdpr", "uk-gdpr"};
static const struct advice_establishment ohio[] = {{"US-OH", "Ohio Inc.", NULL, 0}};
static const struct advice_establishment dutch[] = {{"NL", "Dutch B.V.", NULL, 0}};
static const struct advice_establishment two[] = {{"US-CA", "Two Corp.", NULL, 0}, {"IE", "Two Ltd.", union_laws, 2}};
static const struct advice_establishment irish_first[] = {{"IE", "Two Ltd.", union_laws, 2}, {"NL", "Dutch B.V.", NULL, 0}};
static const struct advice_establishment irish_for_britain[] = {{"US-CA", "Two Corp.", NULL, 0}, {"IE", "Two Ltd.", &union_laws[1], 1}};
static const struct advice_extension to_all[] = {{"everybody", "https://vendor.example/policy", "2026-11-23", 21}};

static date day(const char *text)
{
    date on = DATE_NONE;
    assert_true(date_parse(text, &on));
    return on;
}

static int load(void **state)
{
    struct error error;
    *state = catalogue_load("etc/laws", "etc/calendars", &error);
    return *state == NULL;
}

static int unload(void **state)
{
    catalogue_free(*state);
    return 0;
}

static struct advice ask(void **state, struct advice_question question)
{
    struct advice advice;
    struct error error;
    question.catalogue = *state;
    if (question.vendor == NULL)
        question.vendor = "Vendor";
    assert_true(advice_give(&question, &advice, &error));
    return advice;
}

// "doubtful us-va-vcdpa, policy voluntary | us-vppa > voluntary"
static void print_list(const struct advice *advice, char list[LIST_SIZE])
{
    size_t length = 0;
    list[0] = '\0';
    for (size_t i = 0; i < advice->row_count; i++)
        length += (size_t)snprintf(list + length, LIST_SIZE - length, "%s%s %s", i > 0 ? ", " : "",
                                   advice_strength_name(advice->rows[i].strength), law_id(advice->rows[i].law));
    for (size_t i = 0; i < advice->without_count; i++)
        length += (size_t)snprintf(list + length, LIST_SIZE - length, "%s%s", i > 0 ? ", " : " | ", law_id(advice->without[i]));
    snprintf(list + length, LIST_SIZE - length, " > %s", advice->suggested != NULL ? law_id(advice->suggested->law) : "-");
}

static const struct advice_reason *reason_of(const struct advice *advice, const char *law, const char *word)
{
    for (size_t i = 0; i < advice->row_count; i++)
        for (size_t j = 0; j < advice->rows[i].reason_count && strcmp(law_id(advice->rows[i].law), law) == 0; j++)
            if (strcmp(advice->rows[i].reasons[j].word, word) == 0)
                return &advice->rows[i].reasons[j];
    return NULL;
}

#define WHERE(array) .establishments = array, .establishment_count = COUNT(array)

static void laws_are_listed_strongest_first_and_none_is_hidden(void **state)
{
    const struct {
        struct advice_question question;
        const char *on, *list;
    } cases[] = {
        // A state's law, and the federal one that gives no right to ask.
        {{.residence = "US-VA", .right = "access", WHERE(ohio)}, "2026-11-23", "possible us-va-vcdpa, policy voluntary | us-vppa > "
         "us-va-vcdpa"},
        {{.residence = "US-VA", .right = "deletion", WHERE(ohio)}, "2026-11-23", "possible us-va-vcdpa, doubtful us-vppa, policy "
         "voluntary > us-va-vcdpa"},
        // Exempt: no law's date is suggested. A statute comes before another law.
        {{.residence = "US-VA", .right = "deletion", .nonprofit = true, WHERE(ohio)}, "2026-11-23",
         "doubtful us-va-vcdpa, doubtful us-vppa, policy voluntary > voluntary"},
        {{.residence = "US-CO", .right = "access", .nonprofit = true, WHERE(ohio)}, "2026-11-23",
         "possible us-co-cpa, policy voluntary | us-vppa > us-co-cpa"},
        // By establishment, whoever asks; a state's law protects its residents only.
        {{.residence = "US-OH", .right = "access", WHERE(dutch)}, "2026-11-23", "likely eu-gdpr, policy voluntary | us-vppa > eu-gdpr"},
        {{.residence = "US-OH", .right = "access", WHERE(two)}, "2026-11-23", "possible eu-gdpr, policy voluntary | us-vppa > eu-gdpr"},
        {{.residence = "NL", .right = "access", WHERE(two)}, "2026-11-23", "likely eu-gdpr, policy voluntary > eu-gdpr"},
        {{.residence = "NL", .right = "access", WHERE(ohio)}, "2026-11-23", "possible eu-gdpr, policy voluntary > eu-gdpr"},
        {{.residence = "NO", .right = "access", WHERE(dutch)}, "2026-11-23", "likely eu-gdpr, policy voluntary > eu-gdpr"},
        {{.residence = "RE", .right = "access", WHERE(dutch)}, "2026-11-23", "likely eu-gdpr, policy voluntary > eu-gdpr"},
        {{.residence = "GB-SCT", .right = "complaint", WHERE(ohio)}, "2026-11-23", "possible uk-gdpr > uk-gdpr"},
        {{.residence = "CA-ON", .right = "access", WHERE(ohio)}, "2026-11-23", "likely ca-pipeda, policy voluntary > ca-pipeda"},
        // Among equals: statutes, then the surer file, then the law of the residence.
        {{.residence = "US-IN", .right = "deletion", .nonprofit = true, WHERE(ohio)}, "2026-11-23",
         "doubtful us-in-icdpa, doubtful us-vppa, policy voluntary > voluntary"},
        {{.residence = "US-NV", .right = "access", WHERE(two)}, "2026-11-23", "possible eu-gdpr, possible us-nv-chd, policy voluntary | "
         "us-nv-603a, us-vppa > eu-gdpr"},
        {{.residence = "GB", .right = "access", WHERE(two)}, "2026-11-23", "possible uk-gdpr, possible eu-gdpr, policy voluntary > "
         "uk-gdpr"},
        // The establishment that answers everybody, and one that does not answer for the law.
        {{.residence = "US-OH", .right = "access", WHERE(irish_first)}, "2026-11-23", "likely eu-gdpr, policy voluntary | us-vppa > "
         "eu-gdpr"},
        {{.residence = "US-OH", .right = "access", WHERE(irish_for_britain)}, "2026-11-23", "policy voluntary | us-vppa > voluntary"},
        // A processor: doubtful, and still the law to ask under.
        {{.residence = "NL", .right = "access", .processor = true, WHERE(dutch)}, "2026-11-23",
         "doubtful eu-gdpr, policy voluntary > eu-gdpr"},
        // What the vendor gives of its own accord is better than a doubtful law.
        {{.residence = "US-VA", .right = "access", .processor = true, WHERE(ohio), .extensions = to_all, .extension_count = 1},
         "2026-11-23",
         "doubtful us-va-vcdpa, policy voluntary | us-vppa > voluntary"},
        // Not yet, and then.
        {{.residence = "US-AL", .right = "access", WHERE(ohio)}, "2027-04-30", "later us-al-apdpa, policy voluntary | us-vppa > voluntary"},
        {{.residence = "US-AL", .right = "access", WHERE(ohio)}, "2027-05-01", "possible us-al-apdpa, policy voluntary | us-vppa > "
         "us-al-apdpa"},
        {{.residence = "US-CA", .right = "adm", WHERE(ohio)}, "2026-12-31", "later us-ca-ccpa | us-ca-delete-act, us-ca-library, "
         "us-ca-stl, us-vppa > -"},
        {{.residence = "JM", .right = "adm", WHERE(ohio)}, "2026-11-23", " > -"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char list[LIST_SIZE];
        struct advice_question question = cases[i].question;
        question.on = day(cases[i].on);
        struct advice advice = ask(state, question);
        print_list(&advice, list);
        if (strcmp(list, cases[i].list) != 0)
            fail_msg("%s, %s\n  got    %s\n  wanted %s", question.residence, question.right, list, cases[i].list);
        advice_release(&advice);
    }
}

static void what_speaks_against_a_law_is_said(void **state)
{
    const struct {
        struct advice_question question;
        const char *law, *word;
        enum advice_weight weight;
        const char *part; // of the sentence
    } cases[] = {
        {{.residence = "US-VA", .right = "access", .nonprofit = true}, "us-va-vcdpa", "nonprofit", ADVICE_AGAINST, "exempts"},
        {{.residence = "US-OR", .right = "access", .nonprofit = true}, "us-or-ocpa", "nonprofit", ADVICE_NOTE, "covered from 2025-07-01"},
        {{.residence = "CA-AB", .right = "access", .nonprofit = true}, "ca-ab-pipa", "nonprofit", ADVICE_DEPENDS,
         "only commercial activity"},
        {{.residence = "US-AL", .right = "access", .nonprofit = true}, "us-al-apdpa", "nonprofit", ADVICE_DEPENDS, "is not known here"},
        {{.residence = "US-VA", .right = "access"}, "us-va-vcdpa", "thresholds", ADVICE_DEPENDS, "100,000 consumers"},
        {{.residence = "US-AL", .right = "access"}, "us-al-apdpa", "thresholds", ADVICE_DEPENDS, "is not known here"},
        {{.residence = "NL", .right = "access", .processor = true}, "eu-gdpr", "processor", ADVICE_AGAINST, "the library"},
        {{.residence = "NL", .right = "access", WHERE(ohio)}, "eu-gdpr", "abroad", ADVICE_DEPENDS, "art. 3(2)"},
        {{.residence = "US-OH", .right = "access", WHERE(two)}, "eu-gdpr", "reach", ADVICE_DEPENDS,
         "in IE itself handles: Two Corp. (US-CA)"},
        {{.residence = "US-VA", .right = "deletion"}, "us-vppa", "kind", ADVICE_AGAINST, "confidentiality"},
        {{.residence = "US-VA", .right = "access"}, "us-va-vcdpa", "agent", ADVICE_NOTE, "Agents are refused"},
        {{.residence = "US-CO", .right = "access"}, "us-co-cpa", "agent", ADVICE_NOTE, "refused for this right (taken for: opt_out)"},
        {{.residence = "US-CO", .right = "opt_out"}, "us-co-cpa", "agent", ADVICE_NOTE, "Staff may ask"},
        {{.residence = "US-NV", .right = "opt_out"}, "us-nv-603a", "agent", ADVICE_NOTE, "not known"},
        {{.residence = "JM", .right = "access", .extensions = to_all, .extension_count = 1}, "voluntary", "policy", ADVICE_NOTE,
         "everybody, within 21 days (seen 2026-11-23)"},
        {{.residence = "JM", .right = "access"}, "voluntary", "policy", ADVICE_DEPENDS, "Nothing is known"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct advice_question question = cases[i].question;
        question.on = day("2026-11-23");
        struct advice advice = ask(state, question);
        const struct advice_reason *reason = reason_of(&advice, cases[i].law, cases[i].word);
        if (reason == NULL || reason->weight != cases[i].weight || strstr(reason->text, cases[i].part) == NULL)
            fail_msg("case %zu, %s: %s", i, cases[i].law, reason != NULL ? reason->text : "no such reason");
        for (size_t row = 0; row < advice.row_count; row++)
            for (size_t j = 1; j < advice.rows[row].reason_count; j++)
                assert_true(advice.rows[row].reasons[j - 1].weight <= advice.rows[row].reasons[j].weight);
        advice_release(&advice);
    }
}

static void a_row_tells_why_it_reaches_the_person_and_until_when_to_answer(void **state)
{
    struct advice advice = ask(state, (struct advice_question){.residence = "US-OH", .right = "access", .on = day("2026-11-23"),
                                                               WHERE(dutch)});
    assert_string_equal(advice.rows[0].reach, "by its establishment in NL (Dutch B.V.) [art. 3(1)]");
    assert_string_equal(advice.rows[0].clocks, "respond 1 month; extension 3 months in all");
    assert_string_equal(advice.rows[0].cite, "art. 15");
    assert_null(reason_of(&advice, "eu-gdpr", "reach"));
    advice_release(&advice);
    advice = ask(state, (struct advice_question){.residence = "US-AL", .right = "access", .on = day("2026-11-23"), .extensions = to_all,
                                                 .extension_count = 1});
    assert_int_equal(advice.rows[0].from, day("2027-05-01"));
    assert_string_equal(advice.rows[0].confidence, "unsure");
    assert_int_equal(advice.rows[1].days, 21);
    advice_release(&advice);
    // The periods of a right that comes later are those it will have.
    advice = ask(state, (struct advice_question){.residence = "GB", .right = "complaint", .on = day("2026-01-01")});
    assert_int_equal(advice.rows[0].strength, ADVICE_LATER);
    assert_string_equal(advice.rows[0].clocks, "complaint ack 30 days from complaint received");
    advice_release(&advice);
}

static void periods_are_put_in_words(void **state)
{
    static const struct {
        const char *law, *right, *on, *periods;
    } cases[] = {
        {"us-ca-ccpa", "access", "2026-11-23", "ack 10 business days; respond 45 days; extension 90 days in all"},
        {"us-ca-ccpa", "opt_out", "2026-11-23", "respond 15 business days"},
        {"us-ca-stl", "third_party_list", "2026-11-23", "respond 30 days (designated address); respond 150 days (other address)"},
        {"uk-gdpr", "complaint", "2026-11-23", "complaint ack 30 days from complaint received"},
        {"uk-gdpr", "access", "2026-11-23", "respond 1 month; extension 3 months in all"},
        {"us-vppa", "deletion", "2026-11-23", ""},
        {"us-ca-delete-act", "deletion", "2026-12-31", "access 45 days from drop submitted; respond 45 days from drop retrieved; respond "
         "worst case 90 days from drop submitted"},
        {"us-ca-delete-act", "deletion", "2027-01-01", "access 30 days from drop submitted; respond 30 days from drop retrieved; respond "
         "worst case 60 days from drop submitted"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *periods = law_periods(catalogue_law(*state, cases[i].law), cases[i].right, day(cases[i].on));
        for (char *mark; (mark = strchr(periods, '~')) != NULL;) // how sure a figure is may change
            memmove(mark, mark + 1, strlen(mark));
        assert_string_equal(periods, cases[i].periods);
        free(periods);
    }
}

static void places_are_checked(void **state)
{
    static const struct {
        const char *place, *problem; // NULL: good
    } cases[] = {
        {"NL", NULL}, {"US-VA", NULL}, {"US-PR", NULL}, {"CA-QC", NULL}, {"GB-SCT", NULL}, {"ZW", NULL}, {"AD", NULL}, {"US-VI", NULL},
        {"US", "too wide"}, {"CA", "province"}, {"US-ZZ", "no state of US"}, {"CA-VA", "no province of CA"}, {"UK", "is GB"}, 
        {"XX", "no country"}, {"DA", "no country"},
        {"", "no country"}, {"N", "no country"}, {"US-V", "no state"}, {"US-VAX", "no state"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct error error = {0};
        bool good = place_check(cases[i].place, &error);
        if (good != (cases[i].problem == NULL) || (!good && strstr(error.text, cases[i].problem) == NULL))
            fail_msg("%s: %s", cases[i].place, error.text);
    }
    assert_true(place_is_in("US-VA", "US"));
    assert_true(place_is_in("IS", "EU/EEA"));
    assert_true(place_is_in("DE-BY", "EU/EEA"));
    assert_false(place_is_in("CH", "EU/EEA"));
    assert_false(place_is_in("GB", "EU/EEA"));
    assert_false(place_is_in("US", "US-VA"));
    assert_false(place_is_in("CA-QC", "US-CA"));
    assert_true(place_is_in("ZA", "*"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(laws_are_listed_strongest_first_and_none_is_hidden),
        cmocka_unit_test(what_speaks_against_a_law_is_said),
        cmocka_unit_test(a_row_tells_why_it_reaches_the_person_and_until_when_to_answer),
        cmocka_unit_test(periods_are_put_in_words),
        cmocka_unit_test(places_are_checked),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
