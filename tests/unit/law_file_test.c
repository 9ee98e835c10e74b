// SPDX-License-Identifier: GPL-3.0-or-later
// Files of laws, calendars and counting rules with one thing wrong: each is refused in a sentence that names it.
#include "law/law.h"
#include "law/law_file.h"
#include "tests/unit/small.h"

static struct small small;

// The file of tests/vectors/small, what in it becomes what, and a part of the sentence.
struct wrong {
    const char *file, *from, *to, *said;
};

static void expect_refused(const struct wrong *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct error error = {0};
        small_change(&small, cases[i].file, cases[i].from, cases[i].to);
        struct catalogue *catalogue = catalogue_load(small.laws, small.calendars, &error);
        if (catalogue != NULL || strstr(error.text, cases[i].said) == NULL)
            fail_msg("%s with %s: %s instead of %s", cases[i].file, cases[i].to, catalogue != NULL ? "taken" : error.text, cases[i].said);
        small_restore(&small, cases[i].file);
    }
}

static void calendars_are_refused(void **state)
{
    static const struct wrong cases[] = {
        {"calendars/home.conf", "calendar = {", "other = 1; calendar = {", "other: there is no such member"},
        {"calendars/strict.conf", "calendar = {", "calendar = 1; x = {", "x: there is no such member"},
        {"calendars/strict.conf", "id = ", "idea = ", "idea: there is no such member"},
        {"calendars/strict.conf", "  id = \"strict\";", "", "id: is missing"},
        {"calendars/strict.conf", "calendar = {", "calendar = ", "syntax error"},
        {"calendars/strict.conf", "id = \"strict\"", "id = \"wide\"", "there are two calendars \"wide\""},
        {"calendars/strict.conf", "Europe/Paris", "Europe/Nowhere", "is not a time zone of this system"},
        {"calendars/strict.conf", "[ \"sun\" ]", "[ \"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\", \"sun\" ]", "weekend: leaves no working day"},
        {"calendars/strict.conf", "\"sun\"", "\"someday\"", "\"someday\" is not known here"},
        {"calendars/strict.conf", "[ \"sun\" ]", "[ 7 ]", "item 1 must be text"},
        {"calendars/strict.conf", "confidence = \"sure\";", "confidence = \"sure\"; sources = ( { where = \"w\"; seen = false; } );",
         "none of the sources was seen"},
        {"calendars/strict.conf", "confidence = \"sure\";", "confidence = \"sure\"; sources = ( { where = \"w\"; } );", "seen: must say whether"},
        {"calendars/strict.conf", "confidence = \"sure\";", "confidence = \"sure\"; sources = ( { seen = true; } );", "where: is missing"},
        {"calendars/strict.conf", "confidence = \"sure\";", "confidence = \"sure\"; sources = ( 1 );", "item 1 must be a group"},
        {"calendars/strict.conf", "confidence = \"sure\";", "confidence = \"sure\"; sources = ( { when = 1; } );", "when: there is no such"},
        {"calendars/strict.conf", "confidence = \"sure\"", "confidence = \"certain\"", "\"certain\" is not known"},
        {"calendars/home.conf", "only_observed = true", "only_observed = true; x = 1", "x: there is no such member"},
        {"calendars/home.conf", "observed = [ \"sat->mon\" ]; ", "", "only_observed: needs `observed`"},
        {"calendars/home.conf", "\"sat->mon\"", "\"sat->tue\"", "\"sat->tue\" is not known here"},
        {"calendars/home.conf", "[ \"2026-09-09\" ]", "[]", "dates: must hold at least one day"},
        {"calendars/home.conf", "[ \"2026-09-09\" ]", "[ 1 ]", "item 1 must be text"},
        {"calendars/home.conf", "\"2026-09-09\"", "\"2026-09-31\"", "\"2026-09-31\" is no day"},
        {"calendars/home.conf", "\"2026-02-17\"", "\"2025-01-29\"", "2025-01-29 does not come after the day before it"},
        {"calendars/home.conf", "month = 6; day = 6", "month = 6; day = 31", "month 6 has no day 31"},
        {"calendars/home.conf", "month = 6; day = 6", "month = 2; day = 29", "month 2 has no day 29"},
        {"calendars/home.conf", "month = 6; day = 6", "month = 13; day = 6", "13 is not allowed"},
        {"calendars/home.conf", "note = \"proclaimed\"", "observed = []", "observed: a table or a period has no single day"},
        {"calendars/home.conf", "to_month = 8;", "to_month = 8; observed = [ \"uk\" ];", "observed: a table or a period has no single day"},
        {"calendars/home.conf", "n = 3", "n = 5", "5 is not allowed"},
        {"calendars/home.conf", "plus_days = 1", "plus_days = -8", "-8 is not allowed"},
        {"calendars/home.conf", "plus_days = 1", "plus_days = 8", "8 is not allowed"},
        {"calendars/home.conf", "rule = \"st-brigid\"", "rule = \"moon\"", "\"moon\" is not known"},
        {"calendars/home.conf", "{ name = \"Brigid\"", "7, { name = \"Brigid\"", "item 7 must be a group"},
        {"calendars/home.conf", "month = 8; day = 10; to_month = 8", "month = 1; day = 5; to_month = 8", "has more than 95 days off"},
        {"calendars/local.conf", "days =", "day =", "day: there is no such member"},
        {"calendars/local.conf", "days = ( {", "days = ( 5, {", "item 1 must be a group"},
        {"calendars/local.conf", "source", "sauce", "sauce: there is no such member"},
        {"calendars/local.conf", "\"2026-10-13\"", "\"today\"", "\"today\" is no day"},
        {"calendars/local.conf", "\"home\"", "\"moon\"", "there is no calendar \"moon\" in this folder"},
        {"calendars/local.conf", "2026", "1989", "1989-10-13 must lie between 1990 and 2060"},
        {"calendars/local.conf", "2026", "2061", "2061-10-13 must lie between 1990 and 2060"},
        {"calendars/local.conf", "2026-10-13", "2026-12-25", "2026-12-25 is a day off in the calendar home already: Christmas"},
        {"calendars/local.conf", "(", "[", "syntax error"},
        // 95 days off in 2026, and one more in local.conf.
        {"calendars/home.conf", "month = 8; day = 10; to_month = 8; to_day = 12", "month = 6; day = 1; to_month = 8; to_day = 12", "too many days off already"},
    };
    (void)state;
    expect_refused(cases, COUNT(cases));
}

static void counting_rules_are_refused(void **state)
{
    static const struct wrong cases[] = {
        {"laws/counting.conf", "counting = (", "more = 1; counting = (", "more: there is no such member"},
        {"laws/counting.conf", "counting = (", "counting = ( 1, ", "item 1 must be a group"},
        {"laws/counting.conf", "counting = (", "counting = ", "syntax error"},
        {"laws/counting.conf", "zone = \"any\"", "zones = \"any\"", "zones: there is no such member"},
        {"laws/counting.conf", "\"rolls\"", "\"plain\"", "there are two counting rules \"plain\""},
        {"laws/counting.conf", "\"home\"", "\"moon\"", "there is no calendar \"moon\" in the folder of calendars"},
        {"laws/counting.conf", "[ \"saturday\" ]", "[ \"friday\" ]", "\"friday\" is not known; allowed are: saturday, sunday, holiday"},
        {"laws/counting.conf", "[ \"saturday\" ]", "[ 7 ]", "item 1 must be text"},
        {"laws/counting.conf", "calendar = \"home\"; controllers_calendar = true; ", "", "roll: holidays need a `calendar`"},
        {"laws/counting.conf", "latest_roll = [ \"saturday\", \"sunday\", \"holiday\" ]; calendar = \"home\";", "latest_roll = [ \"sunday\", \"holiday\" ];",
         "latest_roll: holidays need a `calendar`"},
        {"laws/counting.conf", "roll = [ \"saturday\" ]; latest_roll = [ \"saturday\", \"sunday\", \"holiday\" ]",
         "roll = [ \"saturday\" ]; latest_roll = [ \"sunday\" ]", "must hold all that `roll` holds"},
        {"laws/counting.conf", "roll = [ \"saturday\" ]; latest_roll = [ \"saturday\", \"sunday\", \"holiday\" ]",
         "roll = [ \"sunday\" ]; latest_roll = [ \"saturday\" ]", "must hold all that `roll` holds"},
        {"laws/counting.conf", "roll = [ \"saturday\" ]; latest_roll = [ \"saturday\", \"sunday\", \"holiday\" ]",
         "roll = [ \"holiday\" ]; latest_roll = [ \"saturday\" ]", "must hold all that `roll` holds"},
        {"laws/counting.conf", "confidence = \"sure\"", "confidence = \"certain\"", "\"certain\" is not known"},
        {"laws/counting.conf", "seen = true", "seen = false", "none of the sources was seen"},
        {"laws/counting.conf", "seen = true", "seen = 1", "seen: must be true or false"},
    };
    (void)state;
    expect_refused(cases, COUNT(cases));
}

static void laws_are_refused(void **state)
{
    static const struct wrong cases[] = {
        {"laws/all.conf", "law = {", "x = 1; law = {", "x: there is no such member"},
        {"laws/all.conf", "id = \"all\"", "ID = \"all\"", "ID: there is no such member"},
        {"laws/all.conf", "id = \"all\"", "id = \"own\"", "there are two laws \"own\""},
        {"laws/all.conf", "id = \"all\"", "id = \"All\"", "\"All\" is no identifier"},
        {"laws/all.conf", "id = \"all\"", "id = \"\"", "\"\" is no identifier"},
        {"laws/all.conf", "id = \"all\"", "id = \"a1234567890123456789012345678901234567890\"", "is no identifier"},
        {"laws/all.conf", "id = \"all\";", "", "id: is missing"},
        {"laws/all.conf", "Europe/Paris", "Paris", "\"Paris\" is not a time zone"},
        {"laws/all.conf", "confidence = \"sure\"", "confidence = \"so\"", "\"so\" is not known"},
        {"laws/all.conf", "rights = (", "rights = ( 1, ", "item 1 must be a group"},
        {"laws/all.conf", "note = \"n\"; },\n    { id = \"deletion\"", "x = \"n\"; },\n    { id = \"deletion\"", "x: there is no such member"},
        {"laws/all.conf", "{ id = \"complaint\"; cite = \"s 3\"; }", "{ id = \"access\"; cite = \"s 3\"; }", "this right stands here twice"},
        {"laws/all.conf", "note = \"n\"; },\n    { id = \"deletion\"", "note = 1; },\n    { id = \"deletion\"", "note: must be text"},
        {"laws/own.conf", "rights = ( { id = \"access\"; cite = \"policy\"; } )", "rights = ()", "rights: must hold 1 to 10 rights"},
        {"laws/own.conf", "rights = (", "rights = ( 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ", "rights: must hold 1 to 10 rights"},
        {"laws/own.conf", "clocks = (", "clocks = ( 1, ", "item 1 must be a group"},
        {"laws/own.conf", "n = 30;", "n = 30; what = 1;", "what: there is no such member"},
        {"laws/own.conf", "\"courtesy\"", "\"Courtesy\"", "\"Courtesy\" is no identifier"},
        {"laws/own.conf", "id = \"courtesy\"; ", "", "id: is missing"},
        {"laws/own.conf", "n = 30; ", "", "n: is missing"},
        {"laws/own.conf", "unit = \"days\"", "unit = \"fortnights\"", "\"fortnights\" is not known"},
        {"laws/own.conf", "from = \"received\"", "from = \"dawn\"", "\"dawn\" is not known"},
        {"laws/own.conf", "counting = \"plain\"", "counting = \"odd\"", "there is no counting rule \"odd\" in counting.conf"},
        {"laws/own.conf", "counting = \"plain\"; ", "", "counting: is missing"},
        {"laws/own.conf", "unit = \"days\"", "unit = \"business_days\"", "business days need a counting rule with a calendar"},
        {"laws/own.conf", "unit = \"days\"; from = \"received\"; counting = \"plain\"", "unit = \"business_days\"; from = \"received\"; counting = \"abroad\"",
         "business days need a counting rule with a calendar"},
        {"laws/own.conf", "unit = \"days\"", "unit = \"working_days\"", "business days need a counting rule with a calendar"},
        {"laws/own.conf", "confidence = \"likely\"", "confidence = \"perhaps\"", "\"perhaps\" is not known"},
        {"laws/own.conf", "confidence = \"likely\"", "confidence = \"sure\"", "a figure nobody has read cannot be sure"},
        {"laws/own.conf", "n = 30;", "n = 30; met_by = [];", "met_by: must name at least one event"},
        {"laws/own.conf", "n = 30;", "n = 30; met_by = [ 1 ];", "item 1 must be text"},
        {"laws/own.conf", "n = 30;", "n = 30; met_by = [ \"An answer\" ];", "\"An answer\" is no name of an event"},
        {"laws/own.conf", "n = 30;", "n = 30; rights = [];", "rights: must name at least one right"},
        {"laws/own.conf", "n = 30;", "n = 30; rights = [ 1 ];", "item 1 must be text"},
        {"laws/own.conf", "n = 30;", "n = 30; rights = [ \"peace\" ];", "\"peace\" is no right"},
        {"laws/all.conf", "extends = \"respond\"", "extends = \"reply\"", "there is no clock \"reply\" to extend"},
        {"laws/all.conf", "extends = \"respond\"", "extends = \"extension\"", "there is no clock \"extension\" to extend"},
        {"laws/all.conf", "extends = \"respond\"", "extends = \"complaint\"", "there is no clock \"complaint\" to extend"},
        {"laws/all.conf", "length = 2", "length = 4", "4 more after 1 is not the total of 3"},
        {"laws/all.conf", "n = 3; unit = \"months\"; from = \"relevant_time\"", "n = 3; unit = \"weeks\"; from = \"relevant_time\"", "2 more after 1 is not the total"},
        {"laws/all.conf", "length = 2; ", "length = 2; repeats = 7; ", "repeats: must be true or false"},
        {"laws/all.conf", "\"other_address\"", "\"designated_address\"", "there are two clocks \"respond\" for the same right and time"},
        {"laws/all.conf", "versions = (", "versions = ( 1, ", "item 1 must be a group"},
        {"laws/all.conf", "{ what = \"amended\"; }", "{ why = \"amended\"; }", "why: there is no such member"},
        {"laws/all.conf", "free = \"two\"", "freed = \"two\"", "freed: there is no such member"},
        {"laws/all.conf", "window_months = 12; ", "", "needs either `window_months` or `calendar_year"},
        {"laws/all.conf", "window_months = 12;", "window_months = 12; calendar_year = true;", "needs either `window_months` or `calendar_year"},
        {"laws/all.conf", "effect = \"resets\"", "effect = \"stops\"", "\"stops\" is not known"},
        {"laws/all.conf", "effect = \"resets\"", "effects = \"resets\"", "effects: there is no such member"},
        {"laws/all.conf", "effect = \"reflection\"; days = 10", "effect = \"reflection\"", "days: is missing"},
        {"laws/all.conf", "how = \"in writing\"", "why = \"in writing\"", "why: there is no such member"},
        {"laws/all.conf", "abroad = \"offering\"", "abroad = \"offering\"; x = 1", "x: there is no such member"},
        {"laws/all.conf", "higher_ed = \"e\"", "lower_ed = \"e\"", "lower_ed: there is no such member"},
        {"laws/all.conf", "cure = { n = 30", "cure = { m = 30", "m: there is no such member"},
        {"laws/all.conf", "readings = (", "readings = ( 1, ", "item 1 must be a group"},
        {"laws/all.conf", "verdict = \"confirmed\"", "judgement = \"confirmed\"", "judgement: there is no such member"},
        {"laws/all.conf", "verdict = \"confirmed\"", "verdict = \"guessed\"", "\"guessed\" is not known"},
        {"laws/all.conf", "[ \"one\", \"two\" ]", "[ 1 ]", "item 1 must be text"},
        {"laws/all.conf", "penalty = \"a fine\"", "penalty = 5", "penalty: must be text in double quotes"},
        {"laws/all.conf", "kind = \"statute\"", "kind = \"decree\"", "\"decree\" is not known"},
    };
    (void)state;
    expect_refused(cases, COUNT(cases));
}

// Two clocks of one name may follow each other in time, or be for other rights.
static void clocks_of_one_name_may_follow_each_other(void **state)
{
#define CLOCK(more) "( { id = \"c\"; n = 1; unit = \"days\"; from = \"received\"; counting = \"plain\"; cite = \"s\"; confidence = \"likely\"; " more " }, "
#define OTHER(more) "{ id = \"c\"; n = 2; unit = \"days\"; from = \"received\"; counting = \"plain\"; cite = \"s\"; confidence = \"likely\"; " more " } );"
    static const struct {
        const char *clocks;
        bool good;
    } cases[] = {
        {CLOCK("until_date = \"2026-01-01\";") OTHER("from_date = \"2026-01-01\";"), true},
        {CLOCK("from_date = \"2026-01-01\";") OTHER("until_date = \"2026-01-01\";"), true},
        {CLOCK("until_date = \"2026-01-02\";") OTHER("from_date = \"2026-01-01\";"), false},
        {CLOCK("from_date = \"2026-01-01\";") OTHER("until_date = \"2026-01-02\";"), false},
        {CLOCK("from_date = \"2026-01-01\";") OTHER(""), false},
        {CLOCK("until_date = \"2026-01-01\";") OTHER(""), false},
        {CLOCK("") OTHER("from_date = \"2026-01-01\";"), false},
        {CLOCK("rights = [ \"access\" ];") OTHER("rights = [ \"adm\" ];"), true},
        {CLOCK("rights = [ \"access\" ];") OTHER("rights = [ \"adm\", \"access\" ];"), false},
        {CLOCK("when = \"agency\";") OTHER(""), true},
        // An extension: of the total, of no number, in another unit, too short.
        {CLOCK("") "{ id = \"x\"; extends = \"c\"; n = 1; unit = \"days\"; from = \"received\"; counting = \"plain\"; cite = \"s\"; confidence = \"likely\"; } );", true},
        {CLOCK("") "{ id = \"x\"; extends = \"c\"; unit = \"days\"; from = \"received\"; counting = \"plain\"; cite = \"s\"; confidence = \"likely\"; } );", true},
        {CLOCK("") "{ id = \"x\"; extends = \"c\"; n = 0; unit = \"months\"; from = \"received\"; counting = \"plain\"; cite = \"s\"; confidence = \"likely\"; } );", true},
        {CLOCK("") "{ id = \"x\"; extends = \"c\"; n = 0; unit = \"days\"; from = \"received\"; counting = \"plain\"; cite = \"s\"; confidence = \"likely\"; } );", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct error error;
        struct text law = {0};
        char *content = small_read("laws/own.conf"), *clocks = strstr(content, "clocks = ");
        text_format(&law, "%.*sclocks = %s };", (int)(clocks - content), content, cases[i].clocks);
        small_write(&small, "laws/own.conf", law.text);
        struct catalogue *catalogue = catalogue_load(small.laws, small.calendars, &error);
        if ((catalogue != NULL) != cases[i].good)
            fail_msg("case %zu: %s", i, catalogue != NULL ? "taken" : error.text);
        catalogue_free(catalogue);
        text_release(&law);
        free(content);
    }
    small_restore(&small, "laws/own.conf");
}

static void expect_no_catalogue(const char *laws, const char *calendars, const char *said)
{
    struct error error = {0};
    assert_null(catalogue_load(laws, calendars, &error));
    if (strstr(error.text, said) == NULL)
        fail_msg("%s instead of %s", error.text, said);
}

static void folders_must_hold_what_they_are_for(void **state)
{
    static const char *const broken[] = {"calendars/local.conf", "calendars/wide.conf", "laws/counting.conf", "laws/own.conf"};
    (void)state;
    expect_no_catalogue("/nowhere", small.calendars, "/nowhere cannot be read");
    expect_no_catalogue(small.laws, "/nowhere", "/nowhere cannot be read");
    expect_no_catalogue(small.calendars, small.calendars, "holds no counting.conf");
    for (size_t i = 0; i < COUNT(broken); i++) {
        small_write(&small, broken[i], "= not libconfig");
        expect_no_catalogue(small.laws, small.calendars, "syntax error");
        small_restore(&small, broken[i]);
    }
    small_unlink(&small, "laws/all.conf");
    small_unlink(&small, "laws/own.conf");
    small_unlink(&small, "laws/quiet.conf");
    expect_no_catalogue(small.laws, small.calendars, "holds no law");
    small_restore(&small, "laws/all.conf");
    small_restore(&small, "laws/own.conf");
    small_restore(&small, "laws/quiet.conf");
}

static void an_edited_file_is_checked_beside_the_others(void **state)
{
    static const struct {
        const char *file, *from, *to, *kind; // NULL: none of them, or refused
        bool good;
    } cases[] = {
        {"laws/own.conf", "n = 30", "n = 31", "a law", true},
        {"laws/own.conf", "n = 30", "n = -1", "a law", false},
        {"laws/counting.conf", "art. 1", "art. 2", "counting rules", true},
        {"laws/counting.conf", "\"home\"", "\"moon\"", "counting rules", false},
        {"calendars/home.conf", "day = 6", "day = 7", "a calendar", true},
        {"calendars/home.conf", "day = 6", "day = 32", "a calendar", false},
        {"calendars/local.conf", "", "", NULL, false},
        {"calendars/local.conf", "(", "((", NULL, false},
    };
    (void)state;
    struct error error;
    struct catalogue *catalogue = catalogue_load(small.laws, small.calendars, &error);
    assert_non_null(catalogue);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *kind = NULL;
        char path[96];
        snprintf(path, sizeof path, "%s/%s", small.folder, cases[i].file);
        small_change(&small, cases[i].file, cases[i].from, cases[i].to);
        assert_int_equal(catalogue_check_file(catalogue, path, &kind, &error), cases[i].good);
        assert_int_equal(kind != NULL, cases[i].kind != NULL);
        if (kind != NULL)
            assert_string_equal(kind, cases[i].kind);
        small_restore(&small, cases[i].file);
    }
    catalogue_free(catalogue);
}

static int make(void **state)
{
    (void)state;
    small_make(&small);
    return 0;
}

static int unmake(void **state)
{
    (void)state;
    small_remove(&small);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calendars_are_refused),
        cmocka_unit_test(counting_rules_are_refused),
        cmocka_unit_test(laws_are_refused),
        cmocka_unit_test(clocks_of_one_name_may_follow_each_other),
        cmocka_unit_test(folders_must_hold_what_they_are_for),
        cmocka_unit_test(an_edited_file_is_checked_beside_the_others),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
