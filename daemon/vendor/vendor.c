// SPDX-License-Identifier: GPL-3.0-or-later
#include "vendor/vendor.h"

#include <stdio.h>
#include <string.h>

#include "law/clock.h"
#include "law/words.h"
#include "mail/address.h"
#include "shared/date.h"
#include "shared/invisible.h"
#include "shared/json.h"
#include "shared/text.h"
#include "shared/zone.h"

enum { SLUG_MAXIMUM = 80, NOTE_MAXIMUM = 4000, CHANNELS_MAXIMUM = 50, ESTABLISHMENTS_MAXIMUM = 20, NAMES_MAXIMUM = 400,
       EXTENSIONS_MAXIMUM = 20, POLICY_DAYS_MAXIMUM = 3650 };

static const struct json_member document_members[] = {
    {"slug", JSON_STRING, JSON_NEEDED, SLUG_MAXIMUM},
    {"name", JSON_STRING, JSON_NEEDED, 200},
    {"brands", JSON_ARRAY, JSON_OPTIONAL, NAMES_MAXIMUM},
    {"parent", JSON_STRING, JSON_OPTIONAL, 200},
    {"processor", JSON_TRUE, JSON_OPTIONAL, 0},
    {"nonprofit", JSON_TRUE, JSON_OPTIONAL, 0},
    {"extends_rights", JSON_ARRAY, JSON_OPTIONAL | JSON_NESTED, EXTENSIONS_MAXIMUM},
    {"origin", JSON_STRING, JSON_OPTIONAL, 60},
    {"note", JSON_STRING, JSON_OPTIONAL, NOTE_MAXIMUM},
    {"date_seen", JSON_STRING, JSON_NEEDED, 10},
    {"establishments", JSON_ARRAY, JSON_NEEDED | JSON_NESTED, ESTABLISHMENTS_MAXIMUM},
    {"channels", JSON_ARRAY, JSON_NEEDED | JSON_NESTED, CHANNELS_MAXIMUM},
    {NULL, JSON_NULL, JSON_OPTIONAL, 0},
};

static const struct json_member establishment_members[] = {
    {"name", JSON_STRING, JSON_OPTIONAL, 200},    {"country", JSON_STRING, JSON_NEEDED, 6},
    {"calendar", JSON_STRING, JSON_OPTIONAL, 60}, {"zone", JSON_STRING, JSON_NEEDED, 60},
    {"laws", JSON_ARRAY, JSON_OPTIONAL, 60},      {NULL, JSON_NULL, JSON_OPTIONAL, 0},
};

static const struct json_member channel_members[] = {
    {"id", JSON_STRING, JSON_NEEDED, SLUG_MAXIMUM},    {"kind", JSON_STRING, JSON_NEEDED, 20},
    {"address", JSON_STRING, JSON_OPTIONAL, 500},      {"designated", JSON_TRUE, JSON_OPTIONAL, 0},
    {"rights", JSON_ARRAY, JSON_OPTIONAL, 20},         {"laws", JSON_ARRAY, JSON_OPTIONAL, 60},
    {"people", JSON_STRING, JSON_OPTIONAL, 500},       {"subject", JSON_STRING, JSON_OPTIONAL, 200},
    {"limit", JSON_OBJECT, JSON_OPTIONAL, 0},          {"who", JSON_STRING, JSON_NEEDED, 20},
    {"needs", JSON_ARRAY, JSON_OPTIONAL, 10},
    {"steps", JSON_STRING, JSON_OPTIONAL, 1000},       {"source", JSON_STRING, JSON_NEEDED, 500},
    {"date_seen", JSON_STRING, JSON_NEEDED, 10},       {"confidence", JSON_STRING, JSON_NEEDED, 10},
    {NULL, JSON_NULL, JSON_OPTIONAL, 0},
};

static const struct json_member extension_members[] = {
    {"rights", JSON_ARRAY, JSON_NEEDED, 20},     {"people", JSON_STRING, JSON_NEEDED, 500},
    {"days", JSON_INTEGER, JSON_OPTIONAL, 0},    {"source", JSON_STRING, JSON_NEEDED, 500},
    {"date_seen", JSON_STRING, JSON_NEEDED, 10}, {"confidence", JSON_STRING, JSON_NEEDED, 10},
    {NULL, JSON_NULL, JSON_OPTIONAL, 0},
};

static const struct json_member limit_members[] = {
    {"count", JSON_INTEGER, JSON_NEEDED, 0},
    {"per", JSON_STRING, JSON_NEEDED, 20},
    {"months", JSON_INTEGER, JSON_OPTIONAL, 0},
    {"source", JSON_STRING, JSON_NEEDED, 500},
    {NULL, JSON_NULL, JSON_OPTIONAL, 0},
};

bool vendor_is_slug(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && length <= SLUG_MAXIMUM && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == length && text[0] != '-' && text[length - 1] != '-';
}

static bool check_strings(const json_t *array, const char *name, struct error *error)
{
    size_t index;
    json_t *item;
    json_array_foreach(array, index, item)
        if (!json_is_string(item) || json_string_length(item) == 0 || json_string_length(item) > 200)
            return error_set(error, ERROR_invalid, name, "%s must hold texts of 1 to 200 bytes only.", name);
    return true;
}

static bool check_rights(const json_t *rights, struct error *error)
{
    size_t index;
    json_t *right;
    if (!check_strings(rights, "rights", error))
        return false;
    json_array_foreach(rights, index, right)
        if (!word_is_in(json_string_value(right), right_words))
            return error_set(error, ERROR_invalid, "rights", "rights: there is no right \"%s\"; `dsr law show LAW` lists those of a law.", json_string_value(right));
    return true;
}

static bool check_day(const json_t *object, struct error *error)
{
    date day;
    const char *text = json_text(object, "date_seen");
    return date_parse(text, &day) || error_set(error, ERROR_invalid, "date_seen", "date_seen: %s is no day; write it as 2026-11-23.", text);
}

static bool check_limit(const json_t *limit, struct error *error)
{
    if (limit == NULL)
        return true;
    if (!json_check(limit, limit_members, error))
        return false;
    json_int_t count = json_integer_value(json_object_get(limit, "count")), months = json_integer_value(json_object_get(limit, "months"));
    bool year = strcmp(json_text(limit, "per"), "calendar_year") == 0;
    if (count < 1 || count > 100 || (!year && strcmp(json_text(limit, "per"), "months") != 0) || (year ? months != 0 : months < 1 || months > 120))
        return error_set(error, ERROR_invalid, "limit", "limit must be {count (1 to 100), per \"calendar_year\"} or {count, per \"months\", months (1 to 120)}.");
    return true;
}

static bool check_confidence(const json_t *object, struct error *error)
{
    static const char *const confidences[] = {"high", "medium", "low", NULL};
    return text_is_one_of(json_text(object, "confidence"), confidences) ||
           error_set(error, ERROR_invalid, "confidence", "confidence must be high, medium or low.");
}

static bool check_extension(const json_t *extension, struct error *error)
{
    if (!json_is_object(extension))
        return error_set(error, ERROR_invalid, "extends_rights", "extends_rights must hold objects only.");
    if (!json_check(extension, extension_members, error) || !check_day(extension, error) || !check_confidence(extension, error))
        return false;
    const json_t *rights = json_object_get(extension, "rights"), *days = json_object_get(extension, "days");
    if (json_array_size(rights) == 0)
        return error_set(error, ERROR_invalid, "rights", "rights: those that the vendor extends must be named, one at least.");
    if (days != NULL && (json_integer_value(days) < 1 || json_integer_value(days) > POLICY_DAYS_MAXIMUM))
        return error_set(error, ERROR_invalid, "days", "days must be a whole number from 1 to %d: what the vendor's policy gives itself.",
                         POLICY_DAYS_MAXIMUM);
    return check_rights(rights, error);
}

// What is written there goes into letters and mails: it must be what it looks like.
static bool check_address(const json_t *channel, struct error *error)
{
    char invisible[INVISIBLE_NAME_SIZE];
    const char *address = json_text(channel, "address");
    if (address == NULL)
        return true;
    if (strcmp(json_text(channel, "kind"), "email") == 0)
        return address_check(address, "address", error);
    return !invisible_find(address, invisible) ||
           error_set(error, ERROR_invalid, "address", "address: \"%s\" holds a character that nobody sees (%s); type it anew.", address, invisible);
}

// What a letter by this channel must give of the person.
static bool check_needs(const json_t *needs, struct error *error)
{
    static const char *const known[] = {"name", "email", "residence", "card", "account", "postal_address", "phone", "product", NULL};
    size_t index;
    json_t *need;
    json_array_foreach(needs, index, need)
        if (!json_is_string(need) || !text_is_one_of(json_string_value(need), known))
            return error_set(error, ERROR_invalid, "needs", "needs may hold name, email, residence, card, account, postal_address, phone and product only.");
    return true;
}

static bool check_channel(const json_t *channel, struct error *error)
{
    static const char *const people[] = {"anyone", "patron_only", NULL};
    enum channel_kind kind;
    if (!json_is_object(channel))
        return error_set(error, ERROR_invalid, "channels", "channels must hold objects only.");
    if (!json_check(channel, channel_members, error) || !check_day(channel, error))
        return false;
    if (!vendor_is_slug(json_text(channel, "id")))
        return error_set(error, ERROR_invalid, "id", "id: \"%s\" must be of a-z, 0-9 and dashes.", json_text(channel, "id"));
    if (!channel_kind_parse(json_text(channel, "kind"), &kind))
        return error_set(error, ERROR_invalid, "kind", "kind: \"%s\" is none of email, webform, portal, phone, letter, state_platform.", json_text(channel, "kind"));
    if (!text_is_one_of(json_text(channel, "who"), people))
        return error_set(error, ERROR_invalid, "who", "who must be anyone or patron_only.");
    return check_address(channel, error) && check_confidence(channel, error) && check_rights(json_object_get(channel, "rights"), error) &&
           check_strings(json_object_get(channel, "laws"), "laws", error) &&
           check_needs(json_object_get(channel, "needs"), error) && check_limit(json_object_get(channel, "limit"), error);
}

static bool check_establishment(const json_t *establishment, struct error *error)
{
    if (!json_is_object(establishment))
        return error_set(error, ERROR_invalid, "establishments", "establishments must hold objects only.");
    if (!json_check(establishment, establishment_members, error) || !check_strings(json_object_get(establishment, "laws"), "laws", error))
        return false;
    if (!zone_is_known(json_text(establishment, "zone")))
        return error_set(error, ERROR_invalid, "zone", "zone: \"%s\" is not a time zone of this system; write one such as America/New_York.", json_text(establishment, "zone"));
    return true;
}

static bool check_channel_ids(const json_t *channels, struct error *error)
{
    for (size_t i = 0; i < json_array_size(channels); i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(json_text(json_array_get(channels, i), "id"), json_text(json_array_get(channels, j), "id")) == 0)
                return error_set(error, ERROR_invalid, "id", "id: two channels are called \"%s\".", json_text(json_array_get(channels, i), "id"));
    return true;
}

bool vendor_check(const json_t *document, struct error *error)
{
    size_t index;
    json_t *item;
    if (!json_check(document, document_members, error) || !check_day(document, error) ||
        !check_strings(json_object_get(document, "brands"), "brands", error))
        return false;
    if (!vendor_is_slug(json_text(document, "slug")))
        return error_set(error, ERROR_invalid, "slug", "slug: \"%s\" must be of a-z, 0-9 and dashes.", json_text(document, "slug"));
    if (json_array_size(json_object_get(document, "establishments")) == 0)
        return error_set(error, ERROR_invalid, "establishments", "establishments must hold at least one: its zone says when a day begins and ends.");
    json_array_foreach(json_object_get(document, "establishments"), index, item)
        if (!check_establishment(item, error))
            return false;
    json_array_foreach(json_object_get(document, "channels"), index, item)
        if (!check_channel(item, error))
            return false;
    json_array_foreach(json_object_get(document, "extends_rights"), index, item)
        if (!check_extension(item, error))
            return false;
    return check_channel_ids(json_object_get(document, "channels"), error);
}
