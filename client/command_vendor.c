// SPDX-License-Identifier: GPL-3.0-or-later
// Vendors: the list, and one with its channels and where that knowledge comes from.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "client/answer.h"
#include "client/handlers.h"
#include "client/output.h"
#include "client/vendor_address.h"
#include "shared/json.h"
#include "shared/text.h"

enum { VALUE_INDENT = 17 };

static const struct column list_columns[] = {
    {"VENDOR", "slug", NULL, false, NARROW_KEEP}, {"NAME", "name", NULL, false, NARROW_CUT}, {"BRANDS", "brands", NULL, false, NARROW_LEAVE + 1},
    {"PARENT", "parent", NULL, false, NARROW_LEAVE + 2}, {"OPEN", "open", NULL, true, NARROW_KEEP}, {"OVERDUE", "overdue", NULL, true, NARROW_KEEP},
};
static const struct column trouble_columns[] = {
    {"VENDOR", "slug", NULL, false, NARROW_KEEP}, {"NAME", "name", NULL, false, NARROW_LEAVE}, {"OPEN", "open", NULL, true, NARROW_KEEP},
    {"TROUBLE", "trouble_text", NULL, false, NARROW_KEEP},
};
static const struct column merged_columns[] = {
    {"VENDOR", "slug", NULL, false, NARROW_KEEP}, {"NAME", "name", NULL, false, NARROW_CUT}, {"TAKEN OVER BY", "merged_into", NULL, false, NARROW_KEEP},
    {"ON", "merged_on", NULL, false, NARROW_KEEP}, {"OPEN", "open", NULL, true, NARROW_KEEP},
};

// Under what a row stands in the tree: the vendor it belongs to, or the text that says to whom.
static const char *tree_parent(const json_t *row)
{
    const char *slug = json_text(row, "parent_slug"), *text = json_text(row, "parent");
    return slug != NULL && strcmp(slug, json_text(row, "slug")) != 0 ? slug : text;
}

// Of `children`, the vendors that belong to somebody, those under `under`, and theirs.
static void print_branch(const json_t *children, const char *under, size_t depth)
{
    size_t index;
    json_t *row;
    json_array_foreach(children, index, row) {
        if (strcasecmp(tree_parent(row), under) != 0 || depth > json_array_size(children))
            continue;
        printf("%*s%s  %s\n", (int)depth * 2, "", json_text(row, "slug"), json_text(row, "name"));
        print_branch(children, json_text(row, "slug"), depth + 1);
    }
}

// Whether the parent of a child is a vendor of the list, or stood at the top already, as a text.
static bool is_printed(const json_t *rows, const json_t *children, size_t child)
{
    const char *parent = tree_parent(json_array_get(children, child));
    for (size_t i = 0; i < json_array_size(rows); i++)
        if (strcasecmp(json_text(json_array_get(rows, i), "slug"), parent) == 0)
            return true;
    for (size_t i = 0; i < child; i++)
        if (strcasecmp(tree_parent(json_array_get(children, i)), parent) == 0)
            return true;
    return false;
}

static void print_trees(const json_t *rows)
{
    json_t *children = json_array(), *row;
    size_t index;
    json_array_foreach(rows, index, row)
        if (tree_parent(row) != NULL)
            json_array_append(children, row);
    json_array_foreach(children, index, row)
        if (!is_printed(rows, children, index)) {
            printf("%s (not in the directory)\n", tree_parent(row));
            print_branch(children, tree_parent(row), 1);
        }
    json_array_foreach(rows, index, row)
        if (tree_parent(row) == NULL) {
            printf("%s  %s\n", json_text(row, "slug"), json_text(row, "name"));
            print_branch(children, json_text(row, "slug"), 1);
        }
    json_decref(children);
}

static int print_tree(struct client *client, const char *path)
{
    struct error error;
    json_t *answer = client_call(client, "GET", path, NULL, &error);
    if (answer == NULL)
        return client_fail(&error);
    print_trees(json_object_get(answer, "vendors"));
    json_decref(answer);
    return EXIT_DONE;
}

int run_vendor_list(struct client *client, const struct arguments *arguments)
{
    struct text path = {0};
    bool trouble = argument_flag(arguments, "trouble"), merged = argument_flag(arguments, "merged");
    text_append(&path, "/v1/vendors");
    client_query(&path, "q", argument_at(arguments, 0));
    client_query(&path, "trouble", trouble ? "true" : NULL);
    client_query(&path, "merged", merged ? "true" : NULL);
    int status;
    if (argument_flag(arguments, "tree") && client->format == FORMAT_TEXT)
        status = print_tree(client, path.text);
    else if (trouble)
        status = answer_list(client, path.text, "vendors", trouble_columns, sizeof trouble_columns / sizeof trouble_columns[0],
                             "No channel bounces, and none is stale.");
    else if (merged)
        status = answer_list(client, path.text, "vendors", merged_columns, sizeof merged_columns / sizeof merged_columns[0],
                             "None was taken over. `dsr vendor merge OLD NEW` records it.");
    else
        status = answer_list(client, path.text, "vendors", list_columns, sizeof list_columns / sizeof list_columns[0],
                             "No vendor is like that. `dsr vendor list` shows all.");
    text_release(&path);
    return status;
}

static void print_list(const char *label, const json_t *list)
{
    size_t index;
    json_t *item;
    if (json_array_size(list) == 0)
        return;
    printf("      %-11s", label);
    json_array_foreach(list, index, item)
        printf("%s%s", index > 0 ? ", " : "", json_is_string(item) ? json_string_value(item) : "");
    putchar('\n');
}

static void print_if(const char *label, const char *value)
{
    for (const char *end; value != NULL; value = *end != '\0' ? end + 1 : NULL, label = "") {
        struct text line = {0};
        end = value + strcspn(value, "\n");
        text_format(&line, "      %-11s%.*s", label, (int)(end - value), value);
        output_wrapped(line.text != NULL ? line.text : "", VALUE_INDENT);
        text_release(&line);
    }
}

static void print_source(const json_t *fact)
{
    struct text line = {0};
    text_format(&line, "%s, seen %s, confidence %s", json_text(fact, "source"), json_text(fact, "date_seen"), json_text(fact, "confidence"));
    print_if("source", line.text);
    text_release(&line);
}

// What was learned of a channel: "ok; an answer came on 2026-11-20".
static void print_learned(const struct client *client, const json_t *learned)
{
    const char *status = json_text(learned, "status"), *source = json_text(learned, "confirmed_source");
    const char *const days[][2] = {{"an answer came on", json_text(learned, "proven_on")}, {"found right on", json_text(learned, "confirmed_on")},
                                   {"mail came back on", json_text(learned, "bounced_on")}};
    if (status == NULL)
        return;
    printf("      %-11s", "state");
    output_coloured(client, strcmp(status, "ok") == 0 ? COLOUR_GREEN : strcmp(status, "stale") == 0 ? COLOUR_YELLOW : COLOUR_RED, status);
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++)
        if (days[i][1] != NULL)
            printf("; %s %s", days[i][0], days[i][1]);
    if (source != NULL)
        printf(" (%s)", source);
    putchar('\n');
}

static void print_channel(const struct client *client, const json_t *channel, const json_t *learned)
{
    const json_t *limit = json_object_get(channel, "limit");
    printf("  %s (%s%s%s)\n", json_text(channel, "id"), json_text(channel, "kind"),
           json_is_true(json_object_get(channel, "designated")) ? ", the designated address" : "",
           strcmp(json_text(channel, "who"), "patron_only") == 0 ? ", only the patron can use it" : "");
    print_if("address", json_text(channel, "address"));
    print_if("subject", json_text(channel, "subject"));
    print_if("for", json_text(channel, "people"));
    print_list("rights", json_object_get(channel, "rights"));
    print_list("laws", json_object_get(channel, "laws"));
    print_list("needs", json_object_get(channel, "needs"));
    if (limit != NULL)
        printf("      %-11s%lld per %s\n", "limit", (long long)json_integer_value(json_object_get(limit, "count")),
               strcmp(json_text(limit, "per"), "calendar_year") == 0 ? "calendar year" : "so many months");
    print_if("steps", json_text(channel, "steps"));
    print_source(channel);
    print_learned(client, learned);
}

static void print_extensions(const json_t *extensions)
{
    size_t index;
    json_t *extension;
    json_array_foreach(extensions, index, extension) {
        printf("%s", index == 0 ? "\nRights it gives of its own accord\n" : "");
        print_list("rights", json_object_get(extension, "rights"));
        print_if("for", json_text(extension, "people"));
        if (json_object_get(extension, "days") != NULL)
            printf("      %-11swithin %lld days, by its own policy\n", "time",
                   (long long)json_integer_value(json_object_get(extension, "days")));
        print_source(extension);
    }
}

static void print_names(const char *label, const json_t *vendors)
{
    size_t index;
    json_t *vendor;
    struct text line = {0};
    if (json_array_size(vendors) == 0)
        return;
    json_array_foreach(vendors, index, vendor) {
        const char *slug = json_text(vendor, "slug"), *day = json_text(vendor, "merged_on");
        text_format(&line, "%s%s%s%s%s", index > 0 ? ", " : "", slug != NULL ? slug : json_text(vendor, "name"), day != NULL ? " (on " : "",
                    day != NULL ? day : "", day != NULL ? ")" : "");
    }
    print_if(label, line.text);
    text_release(&line);
}

// Whose it is, what is its own, and where the document comes from.
static void print_directory(const json_t *vendor, const json_t *directory)
{
    const json_t *parent = json_object_get(directory, "parent"), *old = json_object_get(directory, "asked_for");
    const json_t *product = json_object_get(directory, "product");
    const char *above = json_text(vendor, "parent"), *origin = json_text(vendor, "origin");
    if (json_is_object(old))
        printf("! %s (%s) was taken over on %s: this is who has it now.\n", json_text(old, "slug"), json_text(old, "name"), json_text(old, "merged_on"));
    if (json_is_object(product))
        printf("! %s is a product of it by %s, a list that has errors: make sure.\n", json_text(product, "name"), json_text(product, "source"));
    printf("%s  %s%s%s", json_text(vendor, "slug"), json_text(vendor, "name"), above != NULL ? ", belongs to " : "",
           json_is_object(parent) ? json_text(parent, "slug") : above != NULL ? above : "");
    if (json_is_object(parent))
        printf("  %s", json_text(parent, "name"));
    putchar('\n');
    print_list("brands", json_object_get(vendor, "brands"));
    print_names("products", json_object_get(directory, "products"));
    print_names("owns", json_object_get(directory, "owns"));
    print_names("beside it", json_object_get(directory, "beside"));
    print_names("took over", json_object_get(directory, "took_over"));
    if (origin != NULL)
        printf("      %-11s%s%s\n", "from", origin, strcmp(origin, "datenanfragen") == 0 ? ", a directory for requests under the GDPR: under other laws, ask where to write" : "");
}

int run_vendor_show(struct client *client, const struct arguments *arguments)
{
    struct error error;
    size_t index;
    json_t *item;
    char *path = vendor_address(client, "/v1/vendors/{}", argument_at(arguments, 0), &error);
    json_t *vendor = path != NULL ? client_call(client, "GET", path, NULL, &error) : NULL;
    free(path);
    if (vendor == NULL)
        return client_fail(&error);
    if (client->format == FORMAT_JSON) {
        int status = output_json(vendor);
        json_decref(vendor);
        return status;
    }
    const json_t *directory = json_object_get(vendor, "directory"), *learned = json_object_get(directory, "channels");
    print_directory(vendor, directory);
    print_if("note", json_text(vendor, "note"));
    if (json_is_true(json_object_get(vendor, "processor")))
        puts("      It mostly works for libraries as a processor: expect to be referred to the library.");
    if (json_is_true(json_object_get(vendor, "nonprofit")))
        puts("      It is a non-profit: many American laws do not bind it.");
    print_extensions(json_object_get(vendor, "extends_rights"));
    puts("\nEstablishments");
    json_array_foreach(json_object_get(vendor, "establishments"), index, item)
        printf("  %-6s %-22s %s\n", json_text(item, "country"), json_text(item, "zone"), json_text(item, "name") != NULL ? json_text(item, "name") : "");
    puts("\nChannels");
    json_array_foreach(json_object_get(vendor, "channels"), index, item)
        print_channel(client, item, json_object_get(learned, json_text(item, "id")));
    if (json_array_size(json_object_get(vendor, "channels")) == 0)
        puts("  none is known");
    json_decref(vendor);
    return EXIT_DONE;
}
