// SPDX-License-Identifier: GPL-3.0-or-later
// Dates, zones, text, errors and strict JSON.
#include "tests/unit/check.h"

#include <stdlib.h>
#include <string.h>

#include "shared/date.h"
#include "shared/error.h"
#include "shared/json.h"
#include "shared/text.h"
#include "shared/zone.h"

static void dates_are_read_strictly(void **state)
{
    static const char *const bad[] = {"", "2026-2-03", "2026-02-30", "2025-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "2026-11-23 ",
                                      " 2026-11-23", "+026-11-23", "20261123", "2026/11/23", "1899-12-31", "2026-11-2x", "2026-11-231"};
    date day;
    char text[DATE_TEXT_SIZE];
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (date_parse(bad[i], &day))
            fail_msg("\"%s\" was taken", bad[i]);
    assert_true(date_parse("1970-01-01", &day));
    assert_int_equal(day, 0);
    assert_true(date_parse("2000-02-29", &day));
    assert_int_equal(day, 11016);
    assert_string_equal(date_format(day, text), "2000-02-29");
    assert_int_equal(date_weekday(day), TUESDAY);
    assert_int_equal(date_make(2026, 2, 29), DATE_NONE);
    assert_int_equal(date_days_in_month(2028, 2), 29);
}

static void months_are_added_to_the_last_day(void **state)
{
    static const struct {
        const char *from;
        int months;
        const char *to;
        bool clamped;
    } cases[] = {
        {"2026-01-31", 1, "2026-02-28", true},   {"2028-01-31", 1, "2028-02-29", true}, {"2026-01-28", 1, "2026-02-28", false},
        {"2026-08-31", 1, "2026-09-30", true},   {"2026-11-23", 3, "2027-02-23", false}, {"2026-12-31", 2, "2027-02-28", true},
        {"2026-03-31", 12, "2027-03-31", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        date day;
        bool clamped;
        char text[DATE_TEXT_SIZE];
        assert_true(date_parse(cases[i].from, &day));
        assert_string_equal(date_format(date_add_months(day, cases[i].months, &clamped), text), cases[i].to);
        assert_int_equal(clamped, cases[i].clamped);
    }
}

static void days_are_understood_as_people_type_them(void **state)
{
    static const struct {
        const char *text;
        int away;
    } cases[] = {{"today", 0}, {"yesterday", -1}, {"tomorrow", 1}, {"3 days ago", -3}, {"1 day ago", -1}, {"2 weeks ago", -14}, {"in 5 days", 5}};
    static const char *const bad[] = {"", "days ago", "-3 days ago", "3 days", "3 fortnights ago", "99999999999 days ago", "yesterdays"};
    const date today = date_make(2026, 11, 24);
    date day;
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_true(date_parse_human(cases[i].text, today, &day));
        assert_int_equal(day, today + cases[i].away);
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        if (date_parse_human(bad[i], today, &day))
            fail_msg("\"%s\" was taken", bad[i]);
}

static void a_day_begins_where_the_zone_says(void **state)
{
    time_t instant;
    date day;
    int minute, offset;
    (void)state;
    assert_true(zone_parse_instant("2026-04-01T05:30:00Z", &instant));
    assert_int_equal(zone_date(instant, "America/Los_Angeles"), date_make(2026, 3, 31));
    assert_int_equal(zone_date(instant, "Europe/Amsterdam"), date_make(2026, 4, 1));
    zone_local(instant, "America/Los_Angeles", &day, &minute, &offset);
    assert_int_equal(minute, 22 * 60 + 30);
    assert_int_equal(offset, -7 * 3600);
    assert_true(zone_is_known("Etc/UTC"));
    assert_false(zone_is_known("Mars/Olympus"));
    assert_false(zone_is_known("CET")); // to PostgreSQL an hour without summer time
    assert_false(zone_is_known("../etc/passwd"));
    assert_false(zone_parse_instant("2026-04-01T05:30", &instant));
    assert_false(zone_parse_instant("2026-04-01T25:30Z", &instant));
    assert_false(zone_parse_instant("2026-02-30T05:30Z", &instant));
}

static void text_from_outside_is_checked(void **state)
{
    int64_t number;
    (void)state;
    assert_true(text_is_utf8("z\xC3\xBC", 3));
    assert_false(text_is_utf8("\xC0\xAF", 2));             // overlong
    assert_false(text_is_utf8("\xED\xA0\x80", 3));         // surrogate
    assert_false(text_is_utf8("\xF4\x90\x80\x80", 4));     // beyond U+10FFFF
    assert_false(text_is_utf8("\xE2\x82", 2));             // cut off
    assert_true(text_has_controls("a\nb", 3, false));
    assert_false(text_has_controls("a\nb\tc", 5, true));
    assert_true(text_has_controls("a\rb", 3, true));
    assert_true(text_has_controls("a\xE2\x80\xAE" "b", 5, true)); // right-to-left override
    assert_true(text_has_controls("\xC2\x85", 2, true));    // C1
    assert_true(text_to_integer("42", 0, 100, &number));
    assert_int_equal(number, 42);
    assert_false(text_to_integer("101", 0, 100, &number));
    assert_false(text_to_integer("4 2", 0, 100, &number));
    assert_false(text_to_integer("", 0, 100, &number));
    assert_false(text_to_integer("99999999999999999999", 0, INT64_MAX, &number));
    assert_int_equal(text_distance("Kanpoy", "kanopy"), 1);
    assert_int_equal(text_distance("abc", "xyz"), 3);
}

static void an_error_is_one_sentence_that_fits(void **state)
{
    struct error error;
    char long_text[2 * ERROR_TEXT_SIZE];
    (void)state;
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    for (size_t i = 0; i < sizeof long_text - 3; i += 3)
        memcpy(long_text + i, "\xE2\x82\xAC", 3);
    assert_false(error_set(&error, ERROR_invalid, "field", "%s", long_text));
    assert_true(text_is_utf8(error.text, strlen(error.text)));
    assert_false(error_wrap(&error, "file.conf:3"));
    assert_memory_equal(error.text, "file.conf:3: ", 13);
    assert_int_equal(error_http_status(ERROR_confirmation_needed), 428);
    assert_int_equal(error_exit_status(ERROR_unavailable), 5);
    assert_int_equal(error_from_http_status(404), ERROR_not_found);
    assert_int_equal(error_from_name("no such name"), ERROR_internal);
}

static void json_that_is_not_expected_is_refused_by_name(void **state)
{
    static const struct json_member members[] = {
        {"name", JSON_STRING, JSON_NEEDED, 5}, {"list", JSON_ARRAY, JSON_OPTIONAL, 2}, {"flag", JSON_TRUE, JSON_OPTIONAL, 0},
        {"count", JSON_INTEGER, JSON_OPTIONAL, 0}, {"records", JSON_ARRAY, JSON_OPTIONAL | JSON_NESTED, 2}, {NULL, JSON_NULL, JSON_OPTIONAL, 0}};
    static const struct {
        const char *text, *field; // field NULL: good
    } cases[] = {
        {"{\"name\":\"a\",\"flag\":false,\"count\":3,\"list\":[1,2]}", NULL}, {"{}", "name"}, {"{\"name\":null}", "name"}, {"{\"name\":\"abcdef\"}", "name"},
        {"{\"name\":\"\"}", "name"}, {"{\"name\":\"a\",\"other\":1}", "other"}, {"{\"name\":\"a\",\"flag\":1}", "flag"}, {"{\"name\":\"a\",\"count\":1.5}", "count"},
        {"{\"name\":\"a\",\"list\":[1,2,3]}", "list"},
        {"{\"name\":\"a\",\"list\":[1,[]]}", "list"}, {"{\"name\":\"a\",\"list\":[{}]}", "list"}, {"{\"name\":\"a\",\"list\":[null,\"b\"]}", NULL}, {"{\"name\":\"a\",\"list\":null}", NULL},
        {"{\"name\":\"a\",\"records\":[[[]],{\"a\":1}]}", NULL}, {"{\"name\":\"a\",\"records\":[{},{},{}]}", "records"}, {"{\"name\":\"a\",\"records\":null}", NULL}, {"{\"name\":\"a\\u0000b\"}", "name"}, {"{\"name\":\"a\\u001b\"}", "name"},
        {"{\"name\":\"a\"} x", ""}, {"{\"name\":\"a\",\"name\":\"b\"}", ""}, {"\"name\"", ""}, {"[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]", ""}};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct error error = {0};
        json_t *json = json_parse_object(cases[i].text, strlen(cases[i].text), &error);
        bool good = json != NULL && json_check(json, members, &error);
        json_decref(json);
        if (good != (cases[i].field == NULL))
            fail_msg("%s: %s", cases[i].text, error.text);
        if (!good)
            assert_string_equal(error.field, cases[i].field);
    }
}

// {"list":[VALUE,VALUE,...]}; whether it is read.
static bool is_read(const char *value, size_t count, struct error *error)
{
    struct text body = {0};
    text_append(&body, "{\"list\":[");
    for (size_t i = 0; i < count; i++)
        text_format(&body, "%s%s", i > 0 ? "," : "", value);
    text_append(&body, "]}");
    json_t *json = json_parse_object(body.text, body.length, error);
    bool read = json != NULL;
    json_decref(json);
    text_release(&body);
    return read;
}

static void json_of_too_many_values_is_not_read(void **state)
{
    enum { MOST = 32768, BEFORE = 2, BODY = 262144 }; // two brackets stand before the first value, and a comma before each other one
    static const char sentence[] = "The body holds more than 32768 commas and opening brackets; send it in several parts.";
    struct error error = {0};
    (void)state;
    assert_true(is_read("1", MOST - BEFORE + 1, &error));
    assert_false(is_read("1", MOST - BEFORE + 2, &error));
    assert_int_equal(error.code, ERROR_malformed);
    assert_string_equal(error.text, sentence);
    for (size_t i = 0; i < 3; i++) {
        const char *value = ((const char *const[]){"[]", "{}", "\"\""})[i];
        assert_false(is_read(value, BODY / (strlen(value) + 1), &error));
        assert_string_equal(error.text, sentence);
    }
    assert_true(is_read("\"a long text, of 30 characters\"", BODY / 33, &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_read_strictly),
        cmocka_unit_test(months_are_added_to_the_last_day),
        cmocka_unit_test(days_are_understood_as_people_type_them),
        cmocka_unit_test(a_day_begins_where_the_zone_says),
        cmocka_unit_test(text_from_outside_is_checked),
        cmocka_unit_test(an_error_is_one_sentence_that_fits),
        cmocka_unit_test(json_that_is_not_expected_is_refused_by_name),
        cmocka_unit_test(json_of_too_many_values_is_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
