// SPDX-License-Identifier: GPL-3.0-or-later
#include "vendor/company_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/memory.h"
#include "shared/invisible.h"
#include "shared/json.h"
#include "shared/text.h"
#include "vendor/country.h"
#include "vendor/vendor.h"

enum { SOURCE_MAXIMUM = 500, ZONE_SIZE = 64 };

// What a channel shares with the others of its record.
struct facts {
    const char *seen, *confidence;
    char *source, *people, *steps; // steps may be NULL
};

const char *company_record_text(const json_t *record, const char *name, const char *fallback,
                                struct error *error)
{
    const json_t *member = json_object_get(record, name);
    if (member == NULL)
        return fallback;
    if (!json_is_string(member) || json_string_length(member) == 0) {
        error_set(error, ERROR_invalid, name, "%s must be a text.", name);
        return NULL;
    }
    return json_string_value(member);
}

static bool is_visible(const char *text, const char *field, struct error *error)
{
    char invisible[INVISIBLE_NAME_SIZE];
    return !invisible_find(text, invisible) ||
           error_set(error, ERROR_invalid, field, "%s: \"%s\" holds a character that nobody sees (%s).",
                     field, text, invisible);
}

static bool is_list_of_texts(const json_t *record, const char *name, struct error *error)
{
    const json_t *list = json_object_get(record, name);
    size_t index;
    json_t *item;
    if (list != NULL && !json_is_array(list))
        return error_set(error, ERROR_invalid, name, "%s must be a list.", name);
    json_array_foreach(list, index, item) if (!json_is_string(item)) return error_set(
        error, ERROR_invalid, name, "%s must hold texts only.", name);
    return true;
}

// "CA" of "Palo Alto, CA 94303", looked for from the last line up; false: none.
static bool find_state(const char *address, char state[3])
{
    bool found = false;
    for (const char *at = address; *at != '\0'; at++) {
        bool capitals = at[0] >= 'A' && at[0] <= 'Z' && at[1] >= 'A' && at[1] <= 'Z' &&
                        (at == address || strchr(" ,\n", at[-1]) != NULL);
        const char *digits = capitals ? at + 2 + strspn(at + 2, " ,") : at;
        if (!capitals || digits == at + 2 || strspn(digits, "0123456789") < 5)
            continue;
        snprintf(state, 3, "%.2s", at);
        found = country_state_zone(state) != NULL; // the last one counts: streets come before towns
    }
    return found;
}

// The place by the last line of the address, which names the country in English or its own language.
static json_t *establishment(const char *name, const char *address, struct text *note, struct error *error)
{
    const char *line = strrchr(address, '\n') != NULL ? strrchr(address, '\n') + 1 : address;
    const struct country *country = country_find(line);
    char place[8], state[3];
    if (country == NULL || line == address) {
        error_set(error, ERROR_invalid, "address",
                  "address: its last line must be the country in English or its own language, and \"%s\" is "
                  "none that is known; its time zone says when a day ends.",
                  line);
        return NULL;
    }
    const char *zone = country->zone;
    snprintf(place, sizeof place, "%s", country->code);
    if (strcmp(country->code, "US") == 0 && find_state(address, state)) {
        snprintf(place, sizeof place, "US-%s", state);
        zone = country_state_zone(state);
    } else if (country->several) {
        text_format(note, " %s has several time zones: %s is assumed.", country->code, zone);
    }
    return json_pack("{s:s, s:s, s:s}", "country", place, "zone", zone, "name", name);
}

static char *source(const json_t *record, const char *slug)
{
    struct text text = {0};
    size_t index;
    json_t *url;
    text_format(&text, "datenanfragen.de, record %s", slug);
    json_array_foreach(json_object_get(record, "sources"), index,
                       url) if (text.length + 2 + json_string_length(url) <= SOURCE_MAXIMUM)
        text_format(&text, "%s %s", index == 0 ? ";" : "", json_string_value(url));
    return text_take(&text);
}

static char *people(const json_t *record)
{
    struct text text = {0};
    size_t index, named = 0;
    json_t *country;
    text_append(&text, "whom the GDPR protects");
    json_array_foreach(json_object_get(record, "relevant-countries"), index,
                       country) if (strcmp(json_string_value(country), "all") != 0)
        text_format(&text, "%s%s", named++ == 0 ? "; listed for: " : ", ", json_string_value(country));
    return text_take(&text);
}

// What they want to know, and in which language they read.
static char *steps(const json_t *record)
{
    struct text text = {0};
    size_t index, named = 0;
    json_t *element;
    const char *language = json_text(record, "request-language");
    json_array_foreach(json_object_get(record, "required-elements"), index,
                       element) if (json_text(element, "desc") != NULL)
        text_format(&text, "%s%s%s", named++ == 0 ? "They ask for: " : ", ", json_text(element, "desc"),
                    json_is_true(json_object_get(element, "optional")) ? " (not needed)" : "");
    if (named > 0)
        text_append(&text, ".");
    if (json_is_true(json_object_get(record, "needs-id-document")))
        text_format(&text, "%sThey want to see an identity document.", text.length > 0 ? " " : "");
    if (language != NULL)
        text_format(&text, "%sWrite in the language \"%s\".", text.length > 0 ? " " : "", language);
    return text.text != NULL ? text_take(&text) : NULL;
}

static void add_note(const json_t *record, struct text *note)
{
    static const char *const members[][2] = {
        {"web", "Site"}, {"fax", "Fax"}, {"pgp-fingerprint", "Key of the e-mail address"}};
    size_t index;
    json_t *comment;
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (json_text(record, members[i][0]) != NULL)
            text_format(note, "%s%s: %s.", note->length > 0 ? " " : "", members[i][1],
                        json_text(record, members[i][0]));
    json_array_foreach(json_object_get(record, "comments"), index, comment)
        text_format(note, "%s%s", note->length > 0 ? " " : "", json_string_value(comment));
}

// The contact serves only the GDPR and its British twin: that a company reads mail there says nothing of
// other laws.
static bool add_channel(json_t *channels, const char *kind, const char *address, const struct facts *facts)
{
    char id[20];
    snprintf(id, sizeof id, "%s-1", kind);
    json_t *channel = json_pack("{s:s, s:s, s:s, s:[s, s], s:s, s:s*, s:s, s:s, s:s, s:s}", "id", id, "kind",
                                kind, "address", address, "laws", "eu-gdpr", "uk-gdpr", "people",
                                facts->people, "steps", facts->steps, "who", "anyone", "source",
                                facts->source, "date_seen", facts->seen, "confidence", facts->confidence);
    return channel != NULL && json_array_append_new(channels, channel) == 0;
}

static bool add_if_there(json_t *channels, const json_t *record, const char *kind, const char *member,
                         const struct facts *facts, struct error *error)
{
    const char *address = company_record_text(record, member, "", error);
    if (address == NULL)
        return false;
    return address[0] == '\0' || add_channel(channels, kind, address, facts) ||
           error_set(error, ERROR_invalid, member, "%s cannot be read.", member);
}

static bool add_letter(json_t *channels, const char *name, const char *address, const struct facts *facts,
                       struct error *error)
{
    struct text text = {0};
    text_format(&text, "%s%s%s", strncmp(address, name, strlen(name)) == 0 ? "" : name,
                strncmp(address, name, strlen(name)) == 0 ? "" : "\n", address);
    bool good = text.text != NULL && add_channel(channels, "letter", text.text, facts);
    text_release(&text);
    return good || error_set(error, ERROR_invalid, "address", "address cannot be read.");
}

// The channel they suggest first; without a suggestion e-mail, or else a letter.
static bool add_channels(json_t *channels, const json_t *record, const char *name, const struct facts *facts,
                         struct error *error)
{
    const char *address = json_text(record, "address");
    const char *first = company_record_text(record, "suggested-transport-medium",
                                            json_text(record, "email") != NULL ? "email" : "letter", error);
    const struct {
        const char *kind, *member;
    } order[] = {{"email", "email"}, {"webform", "webform"}, {"letter", NULL}, {"phone", "phone"}};
    for (int turn = 0; first != NULL && turn < 2; turn++)
        for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
            if ((strcmp(order[i].kind, first) == 0) != (turn == 0))
                continue;
            if (order[i].member == NULL
                    ? !add_letter(channels, name, address, facts, error)
                    : !add_if_there(channels, record, order[i].kind, order[i].member, facts, error))
                return false;
        }
    return first != NULL;
}

static const char *confidence(const char *quality)
{
    return strcmp(quality, "tested") == 0 ? "high" : strcmp(quality, "verified") == 0 ? "medium" : "low";
}

static bool check_record(const json_t *record, struct error *error)
{
    size_t index;
    json_t *run;
    for (const char *const *needed = (const char *const[]){"slug", "name", "address", "quality", NULL};
         *needed != NULL; needed++)
        if (json_object_get(record, *needed) == NULL)
            return error_set(error, ERROR_invalid, *needed, "%s is missing.", *needed);
        else if (company_record_text(record, *needed, NULL, error) == NULL)
            return false;
    for (const char *const *list =
             (const char *const[]){"runs", "sources", "comments", "relevant-countries", NULL};
         *list != NULL; list++)
        if (!is_list_of_texts(record, *list, error))
            return false;
    json_array_foreach(json_object_get(record, "runs"), index,
                       run) if (!is_visible(json_string_value(run), "runs", error)) return false;
    return is_visible(json_text(record, "name"), "name", error) &&
           is_visible(json_text(record, "address"), "address", error);
}

static json_t *assemble(const json_t *record, const struct facts *facts, struct error *error)
{
    struct text note = {0};
    const char *name = json_text(record, "name");
    json_t *channels = json_array(), *document = NULL;
    add_note(record, &note);
    json_t *place = establishment(name, json_text(record, "address"), &note, error);
    if (place != NULL && add_channels(channels, record, name, facts, error))
        document =
            json_pack("{s:O, s:O, s:O*, s:s, s:s*, s:s, s:[O], s:O}", "slug", json_object_get(record, "slug"),
                      "name", json_object_get(record, "name"), "brands", json_object_get(record, "runs"),
                      "origin", "datenanfragen", "note", note.text, "date_seen", facts->seen,
                      "establishments", place, "channels", channels);
    text_release(&note);
    json_decref(place);
    json_decref(channels);
    return document;
}

json_t *company_record_document(const json_t *record, const char *seen, struct error *error)
{
    if (!check_record(record, error))
        return NULL;
    struct facts facts = {seen, confidence(json_text(record, "quality")),
                          source(record, json_text(record, "slug")), people(record), steps(record)};
    memory_error(error);
    json_t *document = facts.source != NULL && facts.people != NULL ? assemble(record, &facts, error) : NULL;
    if (document != NULL && !vendor_check(document, error)) {
        json_decref(document);
        document = NULL;
    }
    free(facts.source);
    free(facts.people);
    free(facts.steps);
    return document;
}
