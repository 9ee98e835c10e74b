// SPDX-License-Identifier: GPL-3.0-or-later
// Words, rights, calendars, periods and places of the laws of tests/vectors/small.
#include "law/advice.h"
#include "law/clock.h"
#include "law/law.h"
#include "law/law_clock_file.h"
#include "law/places.h"
#include "tests/unit/small.h"

static struct small small;

static date day_of(const char *text)
{
    date on = DATE_NONE;
    assert_true(date_parse(text, &on));
    return on;
}

static void words_are_known_or_named(void **state)
{
    const struct catalogue *catalogue = *state;
    const struct law *all = catalogue_law(catalogue, "all"), *own = catalogue_law(catalogue, "own");
    enum channel_kind kind;
    struct error error;
    for (enum channel_kind i = CHANNEL_EMAIL; i <= CHANNEL_STATE_PLATFORM; i++)
        assert_true(channel_kind_parse(channel_kind_name(i), &kind) && kind == i);
    assert_false(channel_kind_parse("pigeon", &kind));
    assert_string_equal(clock_party_name(PARTY_VENDOR), "vendor");
    assert_string_equal(clock_party_name(PARTY_REQUESTER), "requester");
    assert_string_equal(right_text("restrict_object"), "restriction or objection");
    assert_string_equal(right_text("peace"), "peace");
    assert_string_equal(from_text("received"), "receipt by the vendor");
    assert_string_equal(from_text("dawn"), "dawn");
    assert_ptr_equal(catalogue_find_law(catalogue, "all", &error), all);
    assert_null(catalogue_find_law(catalogue, "als", &error));
    assert_non_null(strstr(error.text, "Did you mean all?"));
    assert_null(catalogue_find_law(catalogue, "something else", &error));
    assert_null(strstr(error.text, "Did you mean"));
    assert_string_equal(catalogue_law_near(catalogue, "Own"), "own");
    assert_string_equal(catalogue_law_near(catalogue, "quite"), "zz-quiet"); // by the end of its id
    assert_string_equal(catalogue_law_near(catalogue, "A"), "all"); // by its short name
    assert_false(law_check_right(all, "acces", &error));
    assert_non_null(strstr(error.text, "There is no right acces. Did you mean access?"));
    assert_false(law_check_right(all, "peace and quiet", &error));
    assert_null(strstr(error.text, "Did you mean"));
    assert_string_equal(law_id(all), "all");
    assert_string_equal(law_name(all), "Act of all");
    assert_string_equal(law_short_name(all), "AA");
    assert_string_equal(law_authority(all), "An office, 1 Street");
    assert_string_equal(law_appeal(all), "write to the officer");
    assert_string_equal(law_zone(all), "Europe/Paris");
    assert_null(law_authority(own));
    assert_non_null(strstr(law_text(own), "id = \"own\";"));
    assert_int_equal(strlen(law_hash(all)), HASH_TEXT_SIZE - 1);
    assert_int_equal(strlen(catalogue_hash(catalogue)), HASH_TEXT_SIZE - 1);
    assert_string_equal(law_right_cite(all, "deletion"), "s 2");
    assert_null(law_right_cite(all, "adm"));
    assert_true(law_is_statute(all) && !law_is_statute(own));
}

static void rights_come_into_force(void **state)
{
    static const struct {
        const char *right, *on, *from;
        bool given;
    } cases[] = {{"access", "2019-12-31", "2020-01-01", false},   {"access", "2020-01-01", "2020-01-01", true},
                 {"deletion", "2020-12-31", "2021-01-01", false}, {"deletion", "2021-01-01", "2021-01-01", true},
                 {"adm", "2026-01-01", "2020-01-01", false}};
    const struct law *all = catalogue_law(*state, "all"), *own = catalogue_law(*state, "own");
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(law_has_right(all, cases[i].right, day_of(cases[i].on)), cases[i].given);
        assert_int_equal(law_right_from(all, cases[i].right), day_of(cases[i].from));
    }
    assert_true(law_has_right(own, "access", day_of("1950-01-01")));
    assert_int_equal(law_right_from(own, "access"), DATE_NONE);
    assert_true(law_rights_counted_together(all, "access", "deletion"));
    assert_false(law_rights_counted_together(all, "access", "complaint"));
    assert_false(law_rights_counted_together(all, "complaint", "access"));
    assert_false(law_frequency(all, "peace").counts_right);
    // A right that began before its law did, and one without a day under a law with one.
    struct law *changed = (struct law *)(uintptr_t)all;
    changed->rights[1].from_date = day_of("2019-01-01");
    assert_int_equal(law_right_from(all, "deletion"), day_of("2020-01-01"));
    changed->effective_from = DATE_NONE;
    changed->rights[1].from_date = day_of("2021-01-01");
    assert_int_equal(law_right_from(all, "deletion"), day_of("2021-01-01"));
    changed->effective_from = day_of("2020-01-01");
}

static void identifiers_are_short_and_plain(void **state)
{
    (void)state;
    assert_true(law_file_identifier_is_good("a234567890123456789012345678901234567890"));
    assert_false(law_file_identifier_is_good("a2345678901234567890123456789012345678901"));
    assert_true(law_file_identifier_is_good("z_9-"));
    assert_false(law_file_identifier_is_good("") || law_file_identifier_is_good("A") || law_file_identifier_is_good("a b"));
}

// From the table of the US Naval Observatory; in 1954, 1981, 2049 and 2076 the full moon is moved.
static void easter_is_on_its_sunday(void **state)
{
    static const char *const sundays[] = {"1900-04-15", "1943-04-25", "1954-04-18", "1961-04-02", "1981-04-19", "2000-04-23", "2008-03-23",
                                          "2026-04-05", "2038-04-25", "2049-04-18", "2076-04-19"};
    (void)state;
    for (size_t i = 0; i < COUNT(sundays); i++)
        assert_int_equal(calendar_easter((int)strtol(sundays[i], NULL, 10)), day_of(sundays[i]));
}

static void calendars_know_their_days(void **state)
{
    static const struct {
        const char *on, *name;
    } days[] = {
        {"2026-01-01", "New year"}, {"2021-12-31", "New year"},   {"2022-01-01", "New year"}, {"2023-01-02", "New year"},  {"2026-02-16", "Third Monday"},
        {"2026-11-27", "Day after"}, {"2027-11-26", NULL},        {"2026-05-25", "Last Monday"}, {"2031-05-26", NULL},     {"2026-04-03", "Good Friday"},
        {"1999-04-02", NULL},       {"2026-02-17", "Moon"},       {"2026-02-02", "Brigid"},   {"2030-02-01", "Brigid"},    {"2026-05-18", "Before"},
        {"2025-12-27", "Summer"},   {"2026-01-03", "Summer"},     {"2026-01-04", NULL},       {"2026-08-12", "Pause"},     {"2026-08-13", NULL},
        {"2026-06-06", NULL},       {"2026-06-08", "Moved"},      {"2026-07-05", NULL},       {"2026-07-04", "Eve"},       {"2027-12-28", "Summer"},
        {"2026-09-09", "Once"},     {"2026-10-13", "Mourning"},   {"1985-01-01", "New year"}, {"2070-12-25", "Christmas"}, {"2070-12-24", NULL},
    };
    const struct catalogue *catalogue = *state;
    const struct calendar *home = catalogue_calendar(catalogue, "home"), *strict = catalogue_calendar(catalogue, "strict");
    struct named_day named[YEAR_DAYS_MAXIMUM];
    struct error error;
    for (size_t i = 0; i < COUNT(days); i++) {
        const char *name = calendar_holiday(home, day_of(days[i].on));
        if ((name == NULL) != (days[i].name == NULL) || (name != NULL && strcmp(name, days[i].name) != 0))
            fail_msg("%s is %s", days[i].on, name != NULL ? name : "no holiday");
    }
    assert_true(calendar_is_weekend(home, day_of("2026-01-03")) && !calendar_is_weekend(strict, day_of("2026-01-03")));
    assert_true(calendar_is_weekend(strict, day_of("2026-01-04")));
    assert_int_equal(calendar_horizon(home), day_of("2026-12-31"));
    assert_int_equal(calendar_horizon(strict), DATE_NONE);
    assert_string_equal(calendar_id(home), "home");
    assert_string_not_equal(calendar_hash(home), calendar_hash(strict));
    assert_int_equal(catalogue_calendar_count(catalogue), 3);
    assert_ptr_equal(catalogue_calendar_at(catalogue, 0), home);
    // The first and the last year there are, and a list that is full.
    assert_true(calendar_year_days(home, 1900, named, YEAR_DAYS_MAXIMUM) > 0);
    assert_int_equal(named[0].day, day_of("1900-01-01"));
    assert_true(calendar_year_days(home, 9999, named, YEAR_DAYS_MAXIMUM) > 0);
    assert_int_equal(calendar_year_days(home, 2026, named, 3), 3);
    assert_true(catalogue_check_calendar(catalogue, "home", &error));
    assert_true(law_counts_by(catalogue_law(catalogue, "all"), home));
    assert_true(law_counts_by(catalogue_law(catalogue, "all"), strict) && law_counts_by(catalogue_law(catalogue, "all"), catalogue_calendar(catalogue, "wide")));
    assert_false(law_counts_by(catalogue_law(catalogue, "own"), home));
}

static void periods_are_said(void **state)
{
    char *text = law_periods(catalogue_law(*state, "all"), "deletion", day_of("2026-01-01"));
    assert_string_equal(text, "ack 10 business days; respond ~1 month (designated address); respond ~2 months (other address); extension ~3 months in all; "
                              "stl ~20 working days; drop ~45 days from drop submitted");
    free(text);
    text = law_periods(catalogue_law(*state, "all"), "complaint", day_of("2026-01-01"));
    assert_string_equal(text, "complaint ~14 days from complaint received");
    free(text);
    text = law_periods(catalogue_law(*state, "all"), "restrict_object", day_of("2026-01-01"));
    assert_string_equal(text, "revoke ~at once from revocation received; revoke more ~as long as the notice says from revocation received");
    free(text);
    text = law_periods(catalogue_law(*state, "all"), "access", day_of("2026-01-01"));
    assert_non_null(strstr(text, "guideline ~3 weeks (guidance)"));
    free(text);
}

static void places_are_checked(void **state)
{
    struct error error;
    (void)state;
    assert_true(place_check("FR", &error) && place_check("US-VA", &error) && place_check("CA-QC", &error));
    assert_false(place_check("US-V", &error) || place_check("US-ZZ", &error) || place_check("US", &error) || place_check("F", &error) || place_check("UK", &error));
    assert_true(place_is_in("FR", "EU/EEA") && place_is_in("US-VA", "US") && place_is_in("US-VA", "US-VA") && place_is_in("FR", "*"));
    assert_false(place_is_in("F", "EU/EEA") || place_is_in("USA", "US") || place_is_in("GB", "EU/EEA") || place_is_in("US", "US-VA"));
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
        cmocka_unit_test(words_are_known_or_named), cmocka_unit_test(rights_come_into_force), cmocka_unit_test(identifiers_are_short_and_plain), cmocka_unit_test(easter_is_on_its_sunday),
        cmocka_unit_test(calendars_know_their_days),
        cmocka_unit_test(periods_are_said),         cmocka_unit_test(places_are_checked),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
