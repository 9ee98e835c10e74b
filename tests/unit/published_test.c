// SPDX-License-Identifier: GPL-3.0-or-later
// What of a quarter's counts is published. With the argument `lines` this program makes the tables of each line of facts on standard input
// instead, for tests/system/counts.t: {"least": N, "vendors", "rights", "facts"}.
#include "tests/unit/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "request/published.h"
#include "request/suppress.h"
#include "shared/error.h"

enum { LEAST = 5 };
enum { NOT_DENIED, DENIED, OVERDUE, WAITING };

static json_t *quarter(void)
{
    return json_pack("{s:[s, s, s, s], s:[s, s], s:[]}", "vendors", "acme", "bolt", "cask", "dune", "rights",
                     "access", "deletion", "facts");
}

// So many patrons, from `first` on, asked once each.
static void ask(json_t *facts, int first, int count, int vendor, int right, int class, int extended)
{
    for (int i = 0; i < count; i++)
        json_array_append_new(json_object_get(facts, "facts"),
                              json_pack("[i, i, i, i, i, i]", first + i, vendor, right, class, extended, class <= DENIED ? 10 + i : -1));
}

static json_t *publish(json_t *facts)
{
    struct error error = {0};
    json_t *tables = published_tables(facts, LEAST, &error);
    assert_non_null(tables);
    json_decref(facts);
    return tables;
}

static const json_t *row(const json_t *tables, const char *table, const char *name)
{
    size_t index;
    json_t *item;
    json_array_foreach(json_object_get(tables, table), index, item)
        if (strcmp(json_string_value(json_object_get(item, strcmp(table, "vendors") == 0 ? "vendor" : "right")), name) == 0)
            return item;
    return NULL;
}

static long cell(const json_t *tables, const char *table, const char *name, const char *column)
{
    const json_t *value = json_object_get(row(tables, table, name), column);
    assert_non_null(value);
    return json_is_null(value) ? -1 : (long)json_integer_value(value);
}

static void fewer_than_five_patrons_are_no_table(void **state)
{
    (void)state;
    json_t *facts = quarter();
    for (int again = 0; again < 3; again++)
        ask(facts, 1, 4, 0, 0, NOT_DENIED, 0); // twelve requests, of four people
    json_t *tables = publish(facts);
    assert_int_equal(json_array_size(json_object_get(tables, "vendors")) + json_array_size(json_object_get(tables, "rights")), 0);
    json_decref(tables);
}

static void rows_of_few_patrons_are_not_named(void **state)
{
    (void)state;
    json_t *facts = quarter();
    ask(facts, 1, 20, 0, 0, NOT_DENIED, 0);
    ask(facts, 1, 20, 0, 0, OVERDUE, 0);
    ask(facts, 101, 9, 1, 1, WAITING, 0);
    ask(facts, 201, 3, 2, 1, WAITING, 0);
    ask(facts, 201, 3, 2, 0, WAITING, 0); // six requests of three people
    json_t *tables = publish(facts);
    assert_null(row(tables, "vendors", "cask"));
    assert_null(row(tables, "vendors", "bolt")); // the three would be the difference
    assert_null(row(tables, "vendors", "dune"));
    assert_int_equal(cell(tables, "vendors", "(others)", "asked"), 15);
    assert_int_equal(cell(tables, "vendors", "acme", "asked"), 40);
    assert_int_equal(cell(tables, "vendors", "(all)", "asked"), 55);
    assert_int_equal(cell(tables, "rights", "deletion", "asked"), 12);
    assert_null(row(tables, "rights", "(others)"));
    json_decref(tables);
}

static void a_small_cell_takes_company_with_it(void **state)
{
    (void)state;
    json_t *facts = quarter();
    for (int vendor = 0; vendor < 4; vendor++)
        for (int class = NOT_DENIED; class <= WAITING; class ++)
            ask(facts, vendor * 1000 + class * 100, vendor == 0 && class == DENIED ? 1 : 20 + class, vendor, vendor % 2, class,
                class == OVERDUE);
    json_t *tables = publish(facts);
    long hidden = 0;
    const char *const columns[] = {"not_denied", "denied", "overdue", "waiting"};
    for (size_t i = 0; i < 4; i++)
        hidden += cell(tables, "vendors", "acme", columns[i]) < 0;
    assert_int_equal(cell(tables, "vendors", "acme", "denied"), -1);
    assert_int_equal(hidden, 2);
    hidden = 0;
    for (int vendor = 1; vendor < 4; vendor++)
        hidden += cell(tables, "vendors", (const char *[]){"", "bolt", "cask", "dune"}[vendor], "denied") < 0;
    assert_int_equal(hidden, 1);
    assert_int_equal(cell(tables, "vendors", "(all)", "denied"), 64);
    assert_int_equal(cell(tables, "rights", "access", "denied"), 22);
    assert_int_equal(cell(tables, "vendors", "dune", "extended"), 22);
    json_decref(tables);
}

static void a_median_says_no_more_than_the_counts(void **state)
{
    (void)state;
    json_t *facts = quarter();
    for (int vendor = 0; vendor < 4; vendor++) {
        ask(facts, vendor * 1000, vendor == 0 ? 30 : 10, vendor, vendor % 2, NOT_DENIED, vendor % 2);
        ask(facts, vendor * 1000 + 100, 10, vendor, vendor % 2, DENIED, 0);
        ask(facts, vendor * 1000 + 200, 10, vendor, vendor % 2, OVERDUE, 0);
        ask(facts, vendor * 1000 + 300, vendor == 3 ? 2 : 12, vendor, vendor % 2, WAITING, 0);
    }
    json_t *tables = publish(facts);
    assert_int_equal(cell(tables, "vendors", "acme", "median_days_to_answer"), 30); // the 31st of 62, of those at 10 to 39 and 10 to 19
    assert_int_equal(cell(tables, "vendors", "bolt", "median_days_to_answer"), -1); // fewer than half have theirs
    assert_int_equal(cell(tables, "vendors", "dune", "median_days_to_answer"), -1); // half have, but that would tell of what is hidden
    json_decref(tables);
}

static void many_requests_of_few_people_are_few(void **state)
{
    struct suppress_row first[2] = {{{{60, 3, false}, {60, 60, false}}}, {{{60, 60, false}, {60, 60, false}}}};
    struct suppress_row second[1] = {{{{120, 63, false}, {120, 120, false}}}};
    struct suppress tables = {2, {2, 1}, {first, second}, {{{120, 63, false}, {120, 120, false}}}};
    (void)state;
    assert_true(suppress(&tables, LEAST));
    assert_true(first[0].cells[0].hidden && first[0].cells[1].hidden && first[1].cells[0].hidden && first[1].cells[1].hidden);
    assert_false(second[0].cells[0].hidden || tables.total.cells[0].hidden || tables.total.cells[1].hidden);
}

static void facts_that_make_no_sense_are_refused(void **state)
{
    struct error error = {0};
    (void)state;
    for (int which = 0; which < 6; which++) {
        int fact[6] = {1, 0, 0, 0, 0, 0};
        fact[which] = which == 5 ? 0 : 7;
        json_t *facts = quarter();
        json_array_append_new(json_object_get(facts, "facts"),
                              json_pack("[i, i, i, i, i, i]", fact[0], fact[1], fact[2], fact[3], fact[4], fact[5]));
        json_t *tables = published_tables(facts, LEAST, &error);
        assert_int_equal(tables != NULL, which == 0 || which == 5); // any patron and any number of days may be
        json_decref(tables);
        json_decref(facts);
    }
}

static int answer_lines(void)
{
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        struct error error = {0};
        json_t *facts = json_loads(line, 0, NULL);
        json_t *tables = facts != NULL ? published_tables(facts, json_integer_value(json_object_get(facts, "least")), &error) : NULL;
        if (tables == NULL || json_dumpf(tables, stdout, JSON_COMPACT) != 0 || puts("") < 0)
            return 1;
        json_decref(tables);
        json_decref(facts);
    }
    free(line);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fewer_than_five_patrons_are_no_table), cmocka_unit_test(rows_of_few_patrons_are_not_named),
        cmocka_unit_test(a_small_cell_takes_company_with_it),   cmocka_unit_test(a_median_says_no_more_than_the_counts),
        cmocka_unit_test(many_requests_of_few_people_are_few),  cmocka_unit_test(facts_that_make_no_sense_are_refused),
    };
    if (argc == 2 && strcmp(argv[1], "lines") == 0)
        return answer_lines();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
