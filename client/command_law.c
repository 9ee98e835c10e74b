// SPDX-License-Identifier: GPL-3.0-or-later
// Laws, from their files: the list, one with all it says, and whether an edited file can be used.
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "client/handlers.h"
#include "client/law_document.h"
#include "client/laws.h"
#include "client/output.h"
#include "law/words.h"
#include "shared/json.h"

static json_t *rights_of(const struct law *law)
{
    json_t *rights = json_array();
    for (const char *const *right = right_words; *right != NULL; right++)
        if (law_right_cite(law, *right) != NULL)
            json_array_append_new(rights, json_string(*right));
    return rights;
}

static json_t *describe(const struct law *law, struct error *error)
{
    json_t *document = law_document(law, error);
    if (document == NULL)
        return NULL;
    json_t *json = json_pack("{s:s, s:s, s:s, s:b, s:o, s:s?, s:O, s:O, s:O, s:O, s:O?}", "law", law_id(law), "short", law_short_name(law),
                             "name", law_name(law), "statute", law_is_statute(law), "rights", rights_of(law), "authority", law_authority(law),
                             "status", json_object_get(document, "status"), "confidence", json_object_get(document, "confidence"),
                             "jurisdiction", json_object_get(document, "jurisdiction"), "kind", json_object_get(document, "kind"),
                             "effective_from", json_object_get(document, "effective_from"));
    json_decref(document);
    return json;
}

// A law that is not in force yet, or not fully sure, says so where its name stands.
static const char *show_name(const json_t *row, char *buffer, size_t size)
{
    bool future = strcmp(json_text(row, "status"), "future") == 0;
    snprintf(buffer, size, "%s%s%s%s", strcmp(json_text(row, "confidence"), "sure") == 0 ? "" : "~ ", json_text(row, "name"),
             future ? ", from " : "", future ? json_text(row, "effective_from") : "");
    return buffer;
}

int run_law_list(struct client *client, const struct arguments *arguments)
{
    static const struct column columns[] = {{"LAW", "law", NULL, false, NARROW_KEEP}, {"WHERE", "jurisdiction", NULL, false, NARROW_LEAVE}, {"SHORT", "short", NULL, false, NARROW_KEEP}, {"NAME", "name", show_name, false, NARROW_CUT}, {"RIGHTS", "rights", NULL, false, NARROW_LEAVE}};
    struct error error;
    bool unsure = false;
    struct catalogue *catalogue = laws_load(arguments, &error);
    if (catalogue == NULL)
        return client_fail(&error);
    json_t *rows = json_array();
    for (size_t i = 0; i < catalogue_law_count(catalogue); i++) {
        json_t *row = describe(catalogue_law_at(catalogue, i), &error);
        unsure = unsure || (row != NULL && strcmp(json_text(row, "confidence"), "sure") != 0);
        json_array_append_new(rows, row);
    }
    int status = output_rows(client, rows, columns, sizeof columns / sizeof columns[0], "There are no laws.");
    if (unsure && client->format == FORMAT_TEXT)
        puts("~ unverified: see `dsr law show LAW`");
    json_decref(rows);
    catalogue_free(catalogue);
    return status;
}

static void print_text(const json_t *document, const char *member, const char *title)
{
    if (json_text(document, member) != NULL)
        printf("%-14s %s\n", title, json_text(document, member));
}

static void print_group(const json_t *document, const char *name, const char *title)
{
    const char *member;
    json_t *value;
    json_t *group = json_object_get(document, name);
    bool first = true;
    json_object_foreach(group, member, value) {
        char words[64];
        printf("%-14s ", first ? title : "");
        first = false;
        if (json_is_string(value))
            printf("%s: %s\n", output_words(member, words, sizeof words), json_string_value(value));
        else if (json_is_integer(value))
            printf("%s: %lld\n", output_words(member, words, sizeof words), (long long)json_integer_value(value));
        else if (json_is_array(value)) {
            size_t index;
            json_t *item;
            printf("%s:", output_words(member, words, sizeof words));
            json_array_foreach(value, index, item)
                printf(" %s", json_string_value(item));
            putchar('\n');
        } else
            printf("%s: %s\n", output_words(member, words, sizeof words), json_is_true(value) ? "yes" : "no");
    }
}

static void print_clock(const json_t *clock)
{
    size_t index;
    json_t *right;
    char words[64];
    printf("  %s%s: ", output_words(json_text(clock, "id"), words, sizeof words), json_text(clock, "party") != NULL ? " (the person's own time)" : "");
    if (json_object_get(clock, "n") != NULL)
        printf("%lld %s", (long long)json_integer_value(json_object_get(clock, "n")), output_words(json_text(clock, "unit"), words, sizeof words));
    else
        printf("as long as the notice says");
    printf(" from %s, counted %s", output_words(json_text(clock, "from"), words, sizeof words), json_text(clock, "counting"));
    if (json_object_get(clock, "extends") != NULL)
        printf(", in all, when %s is extended", json_text(clock, "extends"));
    json_array_foreach(json_object_get(clock, "rights"), index, right)
        printf("%s%s", index == 0 ? "; for " : ", ", json_string_value(right));
    for (const char *const *member = (const char *const[]){"from_date", "until_date", "when", NULL}; *member != NULL; member++)
        if (json_text(clock, *member) != NULL)
            printf("; %s %s", output_words(*member, words, sizeof words), json_text(clock, *member));
    printf("\n      [%s] %s%s\n", json_text(clock, "cite"), json_text(clock, "confidence"),
           json_is_true(json_object_get(clock, "seen")) ? ", the text was read" : ", the text was not read");
}

static void print_readings(const json_t *document)
{
    size_t index;
    json_t *reading;
    json_array_foreach(json_object_get(document, "readings"), index, reading) {
        if (index == 0)
            puts("\nWhat was read, and where");
        printf("  %s: %s (%s, %s)\n      %s\n", json_text(reading, "of"), json_text(reading, "found"), json_text(reading, "verdict"),
               json_text(reading, "strength"), json_text(reading, "where"));
    }
}

static void print_law(const json_t *document)
{
    size_t index;
    json_t *item;
    printf("%s  %s (%s)\n\n", json_text(document, "id"), json_text(document, "name"), json_text(document, "short"));
    print_text(document, "jurisdiction", "where");
    print_text(document, "who", "who");
    print_text(document, "status", "status");
    print_text(document, "effective_from", "since");
    print_text(document, "confidence", "confidence");
    print_text(document, "authority", "complaints to");
    for (const char *const *member = (const char *const[]){"penalty", "denial", "deemed_refusal", "grants", "appeal", "website_duty", NULL}; *member != NULL; member++) {
        char words[64];
        print_text(document, *member, output_words(*member, words, sizeof words));
    }
    for (const char *const *group = (const char *const[]){"frequency", "identity", "clarification", "fee", "agent", "coverage", "cure", NULL}; *group != NULL; group++)
        print_group(document, *group, *group);
    json_array_foreach(json_object_get(document, "notes"), index, item)
        printf("%-14s %s\n", index == 0 ? "notes" : "", json_string_value(item));
    json_array_foreach(json_object_get(document, "rights"), index, item)
        printf("%s  %-18s %s%s%s\n", index == 0 ? "\nRights\n" : "", json_text(item, "id"), json_text(item, "cite"),
               json_text(item, "from") != NULL ? "; from " : "", json_text(item, "from") != NULL ? json_text(item, "from") : "");
    json_array_foreach(json_object_get(document, "clocks"), index, item) {
        if (index == 0)
            puts("\nClocks");
        print_clock(item);
    }
    json_array_foreach(json_object_get(document, "versions"), index, item)
        printf("%s  %s  %s\n", index == 0 ? "\nChanges\n" : "", json_text(item, "from") != NULL ? json_text(item, "from") : "-", json_text(item, "what"));
    print_readings(document);
    puts("\nThis is not legal advice.");
}

int run_law_show(struct client *client, const struct arguments *arguments)
{
    struct error error;
    struct catalogue *catalogue = laws_load(arguments, &error);
    const struct law *law = catalogue != NULL ? catalogue_find_law(catalogue, argument_at(arguments, 0), &error) : NULL;
    json_t *document = law != NULL ? law_document(law, &error) : NULL;
    int status = EXIT_DONE;
    if (document == NULL)
        status = client_fail(&error);
    else if (argument_flag(arguments, "file"))
        fputs(law_text(law), stdout);
    else if (client->format == FORMAT_JSON)
        status = output_json(document);
    else
        print_law(document);
    json_decref(document);
    catalogue_free(catalogue);
    return status;
}

int run_law_check(struct client *client, const struct arguments *arguments)
{
    struct error error;
    const char *kind = NULL;
    struct catalogue *catalogue = laws_load(arguments, &error);
    const char *file = argument_at(arguments, 0);
    bool good = catalogue != NULL && (file == NULL || catalogue_check_file(catalogue, file, &kind, &error));
    size_t laws = catalogue != NULL ? catalogue_law_count(catalogue) : 0, calendars = catalogue != NULL ? catalogue_calendar_count(catalogue) : 0;
    catalogue_free(catalogue);
    if (!good)
        return client_fail(&error);
    if (client->format == FORMAT_JSON)
        printf("{\"good\": true, \"laws\": %zu, \"calendars\": %zu}\n", laws, calendars);
    else if (file != NULL)
        printf("%s is good: %s.\n", file, kind);
    else
        printf("%zu laws and %zu calendars are good.\n", laws, calendars);
    return EXIT_DONE;
}
