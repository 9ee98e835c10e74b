// SPDX-License-Identifier: GPL-3.0-or-later
// Laws, from their files: the list, and one with its rights and its text.
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "client/handlers.h"
#include "client/laws.h"
#include "client/output.h"
#include "law/words.h"

static json_t *rights_of(const struct law *law)
{
    json_t *rights = json_array();
    for (const char *const *right = right_words; *right != NULL; right++)
        if (law_right_cite(law, *right) != NULL)
            json_array_append_new(rights, json_string(*right));
    return rights;
}

static json_t *describe(const struct law *law)
{
    return json_pack("{s:s, s:s, s:s, s:b, s:o, s:s?}", "law", law_id(law), "short", law_short_name(law), "name", law_name(law), "statute",
                     law_is_statute(law), "rights", rights_of(law), "authority", law_authority(law));
}

int run_law_list(struct client *client, const struct arguments *arguments)
{
    static const struct column columns[] = {{"LAW", "law", NULL, false, NARROW_KEEP}, {"SHORT", "short", NULL, false, NARROW_KEEP}, {"NAME", "name", NULL, false, NARROW_CUT}, {"RIGHTS", "rights", NULL, false, NARROW_LEAVE}};
    struct error error;
    struct catalogue *catalogue = laws_load(arguments, &error);
    if (catalogue == NULL)
        return client_fail(&error);
    json_t *rows = json_array();
    for (size_t i = 0; i < catalogue_law_count(catalogue); i++)
        json_array_append_new(rows, describe(catalogue_law_at(catalogue, i)));
    int status = output_rows(client, rows, columns, sizeof columns / sizeof columns[0], "There are no laws.");
    json_decref(rows);
    catalogue_free(catalogue);
    return status;
}

static void print_law(const struct law *law)
{
    printf("%s  %s (%s)\n\nRights\n", law_id(law), law_name(law), law_short_name(law));
    for (const char *const *right = right_words; *right != NULL; right++)
        if (law_right_cite(law, *right) != NULL)
            printf("  %-18s %s\n", *right, law_right_cite(law, *right));
    if (law_authority(law) != NULL)
        printf("\nComplaints go to: %s\n", law_authority(law));
    printf("\nThe file it is read from, with clocks, citations and sources:\n\n%s", law_text(law));
}

int run_law_show(struct client *client, const struct arguments *arguments)
{
    struct error error;
    struct catalogue *catalogue = laws_load(arguments, &error);
    const struct law *law = catalogue != NULL ? catalogue_find_law(catalogue, argument_at(arguments, 0), &error) : NULL;
    int status = EXIT_DONE;
    if (law == NULL) {
        status = client_fail(&error);
    } else if (client->format == FORMAT_JSON) {
        json_t *json = describe(law);
        json_object_set_new(json, "text", json_string(law_text(law)));
        status = output_json(json);
        json_decref(json);
    } else {
        print_law(law);
    }
    catalogue_free(catalogue);
    return status;
}
