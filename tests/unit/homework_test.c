// SPDX-License-Identifier: GPL-3.0-or-later
// Sets of homework: the shipped ones, and what a file must not say; names of homework; access-then-delete.
#include "tests/unit/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/homework_set.h"
#include "shared/conf.h"
#include "shared/json.h"
#include "vendor/vendor_file.h"

enum { PATH_SIZE = 64 };

static bool has_vendor(const json_t *vendors, const char *slug)
{
    size_t index;
    json_t *vendor;
    json_array_foreach(vendors, index, vendor)
        if (strcmp(json_text(vendor, "slug"), slug) == 0)
            return true;
    return false;
}

static void shipped_sets_name_shipped_vendors(void **state)
{
    char **paths;
    size_t count, index;
    struct error error;
    json_t *vendors = NULL, *vendor;
    (void)state;
    assert_true(conf_paths("etc/homework", &paths, &count, &error) && vendor_folder_read("etc/vendors", &vendors, &error));
    assert_true(count >= 3);
    for (size_t i = 0; i < count; i++) {
        json_t *set = homework_set_read(paths[i], &error);
        if (set == NULL)
            fail_msg("%s", error.text);
        assert_non_null(strstr(paths[i], json_text(set, "name")));
        json_array_foreach(json_object_get(set, "vendors"), index, vendor)
            if (!has_vendor(vendors, json_string_value(vendor)))
                fail_msg("%s: there is no vendor %s", paths[i], json_string_value(vendor));
        json_decref(set);
    }
    conf_paths_free(paths, count);
    json_decref(vendors);
}

// The set in a file of that content; NULL and the error.
static json_t *read_text(const char *content, struct error *error)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "/tmp/homework-test-%d.conf", (int)getpid());
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(content, file);
    fclose(file);
    json_t *set = homework_set_read(path, error);
    unlink(path);
    return set;
}

#define BEGIN "homework = { name = \"n\"; title = \"t\"; "

static void a_set_is_read_and_a_bad_one_refused_with_its_line(void **state)
{
    static const char *const bad[][2] = {
        {"", "homework"},
        {"homework = { title = \"t\"; vendors = [ \"oclc\" ]; };", "name"},
        {"homework = { name = \"N 1\"; title = \"t\"; vendors = [ \"oclc\" ]; };", "small letters"},
        {"homework = { name = \"n\"; vendors = [ \"oclc\" ]; };", "title"},
        {BEGIN "};", "vendors"},
        {BEGIN "vendors = [ ]; };", "at least one"},
        {BEGIN "vendors = [ \"\" ]; };", "empty"},
        {BEGIN "vendors = [ 1 ]; };", "vendors"},
        {BEGIN "vendors = [ \"oclc\" ];\n  rights = [ \"delete\" ]; };", ":2: rights: there is no right \"delete\""},
        {BEGIN "vendors = [ \"oclc\" ]; rights = [ \"deletion\", \"access\" ]; };", "access first"},
        {BEGIN "vendors = [ \"oclc\" ]; rights = [ \"access\", \"deletion\", \"access\" ]; };", "access first"},
        {BEGIN "vendors = [ \"oclc\" ]; teacher = \"x\"; };", "no such member"},
        {BEGIN "vendors = [ \"oclc\" ]; }; law = 1;", "no such member"},
    };
    struct error error;
    (void)state;
    json_t *set = read_text(BEGIN "vendors = [ \"oclc\", \"Libby\" ]; rights = [ \"access\", \"deletion\" ]; note = \"x\"; };", &error);
    assert_non_null(set);
    assert_int_equal(json_array_size(json_object_get(set, "vendors")), 2);
    assert_int_equal(json_array_size(json_object_get(set, "rights")), 2);
    assert_string_equal(json_text(set, "note"), "x");
    json_decref(set);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_null(read_text(bad[i][0], &error));
        if (strstr(error.text, bad[i][1]) == NULL)
            fail_msg("%s: %s", bad[i][0], error.text);
    }
}

static void a_name_is_the_same_however_it_is_typed(void **state)
{
    static const char *const good[][2] = {{"summer-2026", "summer-2026"}, {"Summer 2026", "summer-2026"}, {"  SUMMER__2026 ", "summer-2026"}, {"a", "a"}};
    static const char *const bad[] = {"", " ", "--", "r\303\251sum\303\251", "a/b", "a.b",
                                      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    char name[HOMEWORK_NAME_SIZE];
    struct error error;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(homework_name_parse(good[i][0], name, &error));
        assert_string_equal(name, good[i][1]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(homework_name_parse(bad[i], name, &error));
    assert_true(homework_name_parse(bad[6] + 1, name, &error)); // 64 are the most
    assert_int_equal(strlen(name), HOMEWORK_NAME_SIZE - 1);
}

static void one_right_or_access_then_delete(void **state)
{
    const char *rights[2];
    size_t count;
    struct error error;
    (void)state;
    assert_true(homework_rights_parse("access-then-delete", rights, &count, &error));
    assert_int_equal(count, 2);
    assert_string_equal(rights[0], "access");
    assert_string_equal(rights[1], "deletion");
    assert_true(homework_rights_parse("opt_out", rights, &count, &error));
    assert_int_equal(count, 1);
    assert_false(homework_rights_parse("delete", rights, &count, &error));
    assert_non_null(strstr(error.text, "access-then-delete"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_sets_name_shipped_vendors),
        cmocka_unit_test(a_set_is_read_and_a_bad_one_refused_with_its_line),
        cmocka_unit_test(a_name_is_the_same_however_it_is_typed),
        cmocka_unit_test(one_right_or_access_then_delete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
