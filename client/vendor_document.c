// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/vendor_document.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/body.h"
#include "shared/json.h"
#include "shared/text.h"
#include "vendor/country.h"
#include "vendor/vendor.h"
#include "vendor/vendor_file.h"

enum { SOURCE_SIZE = 64, COUNTRY_SIZE = 8, FILE_MAXIMUM = 1 << 20 };

void vendor_slug_make(const char *name, char slug[VENDOR_SLUG_SIZE])
{
    size_t length = 0;
    for (; *name != '\0' && length + 1 < VENDOR_SLUG_SIZE; name++) {
        unsigned char c = (unsigned char)*name;
        if (c < 0x80 && isalnum(c))
            slug[length++] = (char)tolower(c);
        else if (c < 0x80 && c != '\'' && length > 0 && slug[length - 1] != '-')
            slug[length++] = '-';
    }
    while (length > 0 && slug[length - 1] == '-')
        length--;
    slug[length] = '\0';
}

// The zone of a place such as NL or US-CA, unless there are several and --zone says none.
static const char *find_zone(const char *place, const char *given, struct error *error)
{
    char code[COUNTRY_SIZE];
    snprintf(code, sizeof code, "%.*s", (int)strcspn(place, "-"), place);
    const struct country *country = country_find(code);
    const char *state = strncmp(place, "US-", 3) == 0 ? country_state_zone(place + 3) : NULL;
    if (given != NULL)
        return given;
    if (state != NULL)
        return state;
    if (country != NULL && !country->several)
        return country->zone;
    error_set(error, ERROR_malformed, "zone",
              "Which time zone %s is in is not known here%s: add --zone, such as --zone America/Chicago.",
              place, strcmp(code, "US") == 0 ? " without its state (US-IL)" : "");
    return NULL;
}

static json_t *establishment(const char *name, const struct arguments *arguments, struct error *error)
{
    const char *place = argument_value(arguments, "country");
    if (place == NULL) {
        error_set(
            error, ERROR_malformed, "country",
            "Where is it? Add --country, such as --country NL or --country US-CA: days are counted there.");
        return NULL;
    }
    const char *zone = find_zone(place, argument_value(arguments, "zone"), error);
    return zone != NULL ? json_pack("{s:s, s:s, s:s}", "country", place, "zone", zone, "name", name) : NULL;
}

// One channel for each of the options that names an address.
static json_t *channels(const struct arguments *arguments, const char *today)
{
    char source[SOURCE_SIZE];
    json_t *list = json_array(), *rights = body_values(arguments, "right"),
           *laws = body_values(arguments, "law");
    const char *confidence = argument_value(arguments, "confidence"),
               *given = argument_value(arguments, "source");
    snprintf(source, sizeof source, "written down by the library on %s", today);
    for (const char *const *kind =
             (const char *const[]){"email", "webform", "portal", "phone", "letter", NULL};
         *kind != NULL; kind++) {
        const char *address;
        size_t from = 0;
        for (int n = 1; (address = argument_next(arguments, *kind, &from)) != NULL; n++) {
            char id[32];
            snprintf(id, sizeof id, "%s-%d", *kind, n);
            json_t *channel =
                json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "id", id, "kind", *kind, "address", address,
                          "who", "anyone", "source", given != NULL ? given : source, "date_seen", today,
                          "confidence", confidence != NULL ? confidence : "medium");
            if (json_array_size(rights) > 0)
                json_object_set(channel, "rights", rights);
            if (json_array_size(laws) > 0)
                json_object_set(channel, "laws", laws);
            body_set_text(channel, "people", argument_value(arguments, "people"));
            if (strcmp(*kind, "email") == 0)
                body_set_text(channel, "subject", argument_value(arguments, "subject"));
            json_array_append_new(list, channel);
        }
    }
    json_decref(rights);
    json_decref(laws);
    return list;
}

json_t *vendor_document_make(const char *name, const struct arguments *arguments, const char *today,
                             struct error *error)
{
    char slug[VENDOR_SLUG_SIZE];
    const char *given = argument_value(arguments, "slug");
    vendor_slug_make(name, slug);
    json_t *place = establishment(name, arguments, error);
    if (place == NULL)
        return NULL;
    if (given == NULL && slug[0] == '\0') {
        json_decref(place);
        error_set(error, ERROR_malformed, "slug", "Add --slug, a short name of a-z, 0-9 and dashes.");
        return NULL;
    }
    json_t *document =
        json_pack("{s:s, s:s, s:s, s:[o], s:o}", "slug", given != NULL ? given : slug, "name", name,
                  "date_seen", today, "establishments", place, "channels", channels(arguments, today));
    json_t *brands = body_values(arguments, "brand");
    if (json_array_size(brands) > 0)
        json_object_set(document, "brands", brands);
    json_decref(brands);
    body_set_text(document, "parent", argument_value(arguments, "parent"));
    body_set_text(document, "note", argument_value(arguments, "note"));
    for (const char *const *flag = (const char *const[]){"processor", "nonprofit", NULL}; *flag != NULL;
         flag++)
        if (argument_flag(arguments, *flag))
            json_object_set_new(document, *flag, json_true());
    if (vendor_check(document, error))
        return document;
    json_decref(document);
    return NULL;
}

json_t *vendor_document_read(const char *path, struct error *error)
{
    size_t length = strlen(path), size = 0;
    if (length > 5 && strcmp(path + length - 5, ".conf") == 0)
        return vendor_file_read(path, error);
    FILE *file = fopen(path, "re");
    char *bytes = file != NULL ? malloc(FILE_MAXIMUM) : NULL;
    json_t *document = NULL;
    if (bytes != NULL)
        size = fread(bytes, 1, FILE_MAXIMUM, file);
    if (bytes == NULL || ferror(file))
        error_set(error, ERROR_malformed, "file", "%s cannot be read: %s.", path, strerror(errno));
    else
        document = json_parse_object(bytes, size, error);
    if (bytes != NULL && document == NULL)
        error_wrap(error, "%s", path);
    free(bytes);
    if (file != NULL)
        fclose(file);
    return document;
}
