// SPDX-License-Identifier: GPL-3.0-or-later
// Vendors: the list, and one with its channels and where that knowledge comes from.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/answer.h"
#include "client/handlers.h"
#include "client/output.h"
#include "shared/json.h"
#include "shared/text.h"

enum { VALUE_INDENT = 17 };

int run_vendor_list(struct client *client, const struct arguments *arguments)
{
    static const struct column columns[] = {{"VENDOR", "slug", NULL, false, NARROW_KEEP}, {"NAME", "name", NULL, false, NARROW_CUT}, {"BRANDS", "brands", NULL, false, NARROW_LEAVE + 1},
                                            {"PARENT", "parent", NULL, false, NARROW_LEAVE + 2}, {"OPEN", "open", NULL, true, NARROW_KEEP}, {"OVERDUE", "overdue", NULL, true, NARROW_KEEP}};
    struct text path = {0};
    text_append(&path, "/v1/vendors");
    client_query(&path, "q", argument_at(arguments, 0));
    int status = answer_list(client, path.text, "vendors", columns, sizeof columns / sizeof columns[0],
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
    printf("      %-11s%s, seen %s, confidence %s\n", "source", json_text(fact, "source"), json_text(fact, "date_seen"),
           json_text(fact, "confidence"));
}

static void print_channel(const json_t *channel)
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

int run_vendor_show(struct client *client, const struct arguments *arguments)
{
    struct error error;
    size_t index;
    json_t *item;
    char *path = client_path("/v1/vendors/{}", argument_at(arguments, 0));
    json_t *vendor = client_call(client, "GET", path, NULL, &error);
    free(path);
    if (vendor == NULL)
        return client_fail(&error);
    if (client->format == FORMAT_JSON) {
        int status = output_json(vendor);
        json_decref(vendor);
        return status;
    }
    printf("%s  %s%s%s\n", json_text(vendor, "slug"), json_text(vendor, "name"), json_text(vendor, "parent") != NULL ? ", belongs to " : "",
           json_text(vendor, "parent") != NULL ? json_text(vendor, "parent") : "");
    print_list("brands", json_object_get(vendor, "brands"));
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
        print_channel(item);
    if (json_array_size(json_object_get(vendor, "channels")) == 0)
        puts("  none is known");
    json_decref(vendor);
    return EXIT_DONE;
}
