// SPDX-License-Identifier: GPL-3.0-or-later
// Records of open directories as vendors' documents, countries, short names and characters that nobody sees.
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "client/vendor_document.h"
#include "mail/address.h"
#include "shared/invisible.h"
#include "shared/json.h"
#include "vendor/country.h"
#include "vendor/import.h"
#include "vendor/vendor.h"

#define PLAIN                                                                                                \
    "\"slug\": \"acme\", \"name\": \"Acme GmbH\", \"address\": \"Weg 1\\nOrt\\nDeutschland\", \"quality\": " \
    "\"verified\", "                                                                                         \
    "\"sources\": [\"https://acme.example\"]"

static json_t *item(const char *format, const char *text)
{
    json_t *record = json_loads(text, JSON_DECODE_ANY, NULL);
    assert_non_null(record);
    json_t *result = vendor_import_item(format, record, 7, "2026-07-21");
    json_decref(record);
    assert_non_null(result);
    assert_int_equal(json_integer_value(json_object_get(result, "n")), 7);
    return result;
}

// Each record with what is in the answer, as JSON.
static void records_become_what_they_mean(void **state)
{
    static const struct {
        const char *format, *record, *wanted;
    } cases[] = {
        {"datenanfragen", "{" PLAIN "}", "\"laws\": [\"eu-gdpr\", \"uk-gdpr\"]"},
        {"datenanfragen", "{" PLAIN "}", "\"zone\": \"Europe/Berlin\""},
        {"datenanfragen", "{" PLAIN "}", "\"origin\": \"datenanfragen\""},
        {"datenanfragen", "{" PLAIN "}", "\"date_seen\": \"2026-07-21\""},
        {"datenanfragen", "{" PLAIN "}", "datenanfragen.de, record acme; https://acme.example"},
        {"datenanfragen",
         "{" PLAIN ", \"email\": \"a@b\xC3\xBC"
         "cher.example\"}",
         "\"address\": \"a@b\xC3\xBC"
         "cher.example\""},
        {"datenanfragen", "{" PLAIN ", \"email\": \"a\xC2\xAD@b.example\"}", "nobody sees (U+00AD)"},
        {"datenanfragen", "{" PLAIN ", \"email\": \"a@b\xC2\xAD.example\"}", "nobody sees (U+00AD)"},
        {"datenanfragen", "{" PLAIN ", \"email\": \"a@b\xE2\x80\x8B.example\"}", "nobody sees (U+200B)"},
        {"datenanfragen", "{" PLAIN ", \"email\": \"a@b.example\\r\\nBcc: c@d.example\"}", "\"refused\""},
        {"datenanfragen", "{" PLAIN ", \"email\": \"A <a@b.example>\"}", "\"refused\""},
        {"datenanfragen", "{" PLAIN ", \"email\": 7}", "email must be a text."},
        {"datenanfragen", "{" PLAIN ", \"email\": \"\"}", "email must be a text."},
        {"datenanfragen",
         "{" PLAIN ", \"webform\": \"https://acme.example/\xE2\x81\xA0"
         "dsar\"}",
         "nobody sees (U+2060)"},
        {"datenanfragen", "{" PLAIN ", \"runs\": [\"A\", 5]}", "runs must hold texts only."},
        {"datenanfragen", "{" PLAIN ", \"runs\": {}}", "runs must be a list."},
        {"datenanfragen", "{" PLAIN ", \"required-elements\": 5, \"comments\": [\"a\\nb\"]}",
         "\"note\": \"a\\nb\""},
        {"datenanfragen",
         "{\"slug\": \"a\", \"name\": \"A\", \"address\": \"Deutschland\", \"quality\": \"verified\"}",
         "last line must be the country"},
        {"datenanfragen",
         "{\"slug\": \"a\", \"name\": \"A\", \"address\": \"x\\nAtlantis\", \"quality\": \"verified\"}",
         "\\\"Atlantis\\\" is none"},
        {"datenanfragen",
         "{\"slug\": \"-a\", \"name\": \"A\", \"address\": \"x\\nFrance\", \"quality\": \"verified\"}",
         "slug: \\\"-a\\\""},
        {"datenanfragen", "{\"slug\": \"a\", \"address\": \"x\\nFrance\", \"quality\": \"verified\"}",
         "name is missing."},
        {"datenanfragen",
         "{\"slug\": \"a\", \"name\": \"A\", \"address\": \"PO BOX 1\\nAustin TX 78701\\nUSA\", \"quality\": "
         "\"verified\"}",
         "\"country\": \"US-TX\", \"zone\": \"America/Chicago\""},
        {"datenanfragen",
         "{\"slug\": \"a\", \"name\": \"A\", \"address\": \"NE 12345 St\\nReno, NV  89501-1\\nUnited "
         "States\", \"quality\": \"verified\"}",
         "\"country\": \"US-NV\""},
        {"datenanfragen",
         "{\"slug\": \"a\", \"name\": \"A\", \"address\": \"1 St\\nReno, XX 89501\\nUnited States\", "
         "\"quality\": \"verified\"}",
         "\"country\": \"US\", \"zone\": \"America/New_York\""},
        {"datenanfragen",
         "{\"slug\": \"o\", \"name\": \"O\", \"reason\": \"duplicate\", \"redirect-to\": \"n\"}",
         "\"merge\": {\"slug\": \"o\", \"name\": \"O\", \"into\": \"n\""},
        {"datenanfragen", "{\"slug\": \"o\", \"name\": \"O\", \"reason\": \"company-defunct\"}",
         "without a successor: the company is gone."},
        {"datenanfragen", "{\"slug\": \"o o\", \"name\": \"O\", \"reason\": \"x\", \"redirect-to\": \"n\"}",
         "slug and redirect-to must be"},
        {"datenanfragen", "[]", "It is no object."},
        {"vendorpol", "{\"product\": \"P\", \"vendor\": \"V\"}",
         "\"product\": {\"product\": \"P\", \"vendor\": \"V\", \"origin\": \"vendorpol\"}"},
        {"vendorpol", "{\"product\": \"P\"}", "product and vendor must be texts"},
        {"vendorpol", "{\"product\": \"P\xC2\xAD\", \"vendor\": \"V\"}", "nobody sees (U+00AD)"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        json_t *result = item(cases[i].format, cases[i].record);
        char *text = json_dumps(result, 0);
        if (strstr(text, cases[i].wanted) == NULL)
            print_error("%s\n  gives %s\n  without %s\n", cases[i].record, text, cases[i].wanted);
        assert_non_null(strstr(text, cases[i].wanted));
        free(text);
        json_decref(result);
    }
}

// Nothing is said of any law but the GDPR and its British twin, whatever the record holds.
static void no_channel_serves_another_law(void **state)
{
    size_t index;
    json_t *channel;
    (void)state;
    json_t *result = item("datenanfragen",
                          "{" PLAIN ", \"email\": \"a@b.example\", \"webform\": \"https://b.example\", "
                                    "\"phone\": \"+1 2 3\", \"suggested-transport-medium\": \"webform\"}");
    json_t *channels = json_object_get(json_object_get(result, "document"), "channels");
    assert_int_equal(json_array_size(channels), 4);
    assert_string_equal(json_text(json_array_get(channels, 0), "kind"), "webform");
    json_array_foreach(channels, index, channel)
    {
        json_t *laws = json_object_get(channel, "laws");
        assert_int_equal(json_array_size(laws), 2);
        assert_string_equal(json_string_value(json_array_get(laws, 0)), "eu-gdpr");
    }
    json_decref(result);
}

static void countries_are_found_in_both_languages(void **state)
{
    static const struct {
        const char *text, *code;
    } cases[] = {{"Germany", "DE"},
                 {"Deutschland", "DE"},
                 {"de", "DE"},
                 {"GERMANY", "DE"},
                 {"The Netherlands", "NL"},
                 {"\xC3\x96sterreich", "AT"},
                 {"United States of America", "US"},
                 {"Hrvatska", "HR"},
                 {"Isle of Man", "IM"},
                 {"German", NULL},
                 {"", NULL},
                 {"|", NULL},
                 {"Germany ", NULL}};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct country *found = country_find(cases[i].text);
        assert_true((found == NULL) == (cases[i].code == NULL));
        if (found != NULL)
            assert_string_equal(found->code, cases[i].code);
    }
    assert_string_equal(country_state_zone("CA"), "America/Los_Angeles");
    assert_null(country_state_zone("ca"));
    assert_null(country_state_zone("XX"));
    assert_null(country_state_zone("T C"));
}

static void short_names_are_made_of_names(void **state)
{
    static const struct {
        const char *name, *slug;
    } cases[] = {{"Acme Books, Inc.", "acme-books-inc"},
                 {"  --A  ", "a"},
                 {"O'Reilly", "oreilly"},
                 {"\xC3\x84pfel & Co", "pfel-co"},
                 {"\xE6\x9C\xAC", ""}};
    char slug[VENDOR_SLUG_SIZE], longest[300];
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        vendor_slug_make(cases[i].name, slug);
        assert_string_equal(slug, cases[i].slug);
        assert_true(slug[0] == '\0' || vendor_is_slug(slug));
    }
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    vendor_slug_make(longest, slug);
    assert_true(vendor_is_slug(slug));
    assert_false(vendor_is_slug(longest));
}

static void what_nobody_sees_is_found(void **state)
{
    static const struct {
        const char *text, *name; // NULL: none
    } cases[] = {{"plain", NULL},
                 {"", NULL},
                 {"B\xC3\xBC"
                  "cher \xE6\x9C\xAC",
                  NULL},
                 {"a\xC2\xAD", "U+00AD"},
                 {"\xEF\xBB\xBF"
                  "a",
                  "U+FEFF"},
                 {"a\xE2\x80\x8D", "U+200D"},
                 {"a\xF3\xA0\x80\x81", "U+E0001"},
                 {"a\xC2", NULL}};
    char name[INVISIBLE_NAME_SIZE];
    struct error error;
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_true(invisible_find(cases[i].text, name) == (cases[i].name != NULL));
        if (cases[i].name != NULL)
            assert_string_equal(name, cases[i].name);
    }
    assert_false(address_check("privacy@ver\xC2\xADlag.example", "address", &error));
    assert_non_null(strstr(error.text, "U+00AD"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_become_what_they_mean),
        cmocka_unit_test(no_channel_serves_another_law),
        cmocka_unit_test(countries_are_found_in_both_languages),
        cmocka_unit_test(short_names_are_made_of_names),
        cmocka_unit_test(what_nobody_sees_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
