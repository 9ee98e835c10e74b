// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/json.h"

#include <string.h>

#include "shared/memory.h"
#include "shared/text.h"

// VALUES_MAXIMUM: what the values of a body take in memory is many times its bytes. Records of vendors, the largest that is sent, have about
// one in twelve bytes, so that a body of 256 KiB is full before.
enum { DEPTH_MAXIMUM = 16, STRING_MAXIMUM = 200, VALUES_MAXIMUM = 32768 };

// Members in which people write more than a line.
static bool may_have_lines(const char *name)
{
    return strcmp(name, "note") == 0 || strcmp(name, "address") == 0 || strcmp(name, "comments") == 0;
}

static bool check_strings(json_t *json, const char *name, int depth, struct error *error)
{
    const char *member;
    json_t *child;
    size_t index;
    if (depth > DEPTH_MAXIMUM)
        return error_set(error, ERROR_malformed, name, "The body is nested more than %d deep.", DEPTH_MAXIMUM);
    if (json_is_string(json) && text_has_controls(json_string_value(json), json_string_length(json), may_have_lines(name)))
        return error_set(error, ERROR_invalid, name, "%s holds control characters, which are not allowed.", name);
    if (json_is_object(json))
        json_object_foreach(json, member, child) {
            if (text_has_controls(member, strlen(member), false))
                return error_set(error, ERROR_malformed, "", "A member's name holds control characters.");
            if (!check_strings(child, member, depth + 1, error))
                return false;
        }
    else if (json_is_array(json))
        json_array_foreach(json, index, child)
            if (!check_strings(child, name, depth + 1, error))
                return false;
    return true;
}

// What jansson found wrong. The bytes near by that it shows are left away where they are control characters or half a character.
static void say_unreadable(json_error_t *where, struct error *error)
{
    char *near = text_has_controls(where->text, strlen(where->text), false) ? strstr(where->text, " near ") : NULL;
    if (near != NULL)
        *near = '\0';
    if (text_has_controls(where->text, strlen(where->text), false))
        where->text[0] = '\0';
    error_set(error, ERROR_malformed, "", "The body is not JSON: %s (line %d).", where->text[0] != '\0' ? where->text : "it cannot be read", where->line);
}

// Each value but the first stands behind one of these bytes, so there are not more values. Those in texts are counted too: it is a bound.
static bool has_few_values(const char *bytes, size_t length, struct error *error)
{
    size_t most = 0;
    for (size_t i = 0; i < length; i++)
        most += bytes[i] == '[' || bytes[i] == '{' || bytes[i] == ',';
    return most <= VALUES_MAXIMUM ||
           error_set(error, ERROR_malformed, "", "The body holds more than %d commas and opening brackets; send it in several parts.", VALUES_MAXIMUM);
}

json_t *json_read(const char *bytes, size_t length, size_t flags, json_error_t *where)
{
    unsigned long memory = memory_failures();
    json_t *json = json_loadb(bytes, length, flags, where);
    if (memory_failures() == memory)
        return json;
    json_decref(json);
    return NULL;
}

json_t *json_read_text(const char *text, size_t flags)
{
    return json_read(text, strlen(text), flags, NULL);
}

json_t *json_parse_object(const char *bytes, size_t length, struct error *error)
{
    json_error_t where;
    if (memchr(bytes, '\0', length) != NULL) { // jansson passes over one behind a number or a word
        error_set(error, ERROR_malformed, "", "The body is not JSON: it holds a NUL.");
        return NULL;
    }
    if (!has_few_values(bytes, length, error))
        return NULL;
    unsigned long memory = memory_failures();
    json_t *json = json_read(bytes, length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &where);
    if (json == NULL) {
        if (memory_sufficed(memory, error))
            say_unreadable(&where, error);
        return NULL;
    }
    // A NUL in a text is let through as far as here, so that its member is named.
    if (json_is_object(json) && check_strings(json, "", 0, error))
        return json;
    if (!json_is_object(json))
        error_set(error, ERROR_malformed, "", "The body must be a JSON object.");
    json_decref(json);
    return NULL;
}

static const char *type_name(json_type type)
{
    switch (type) {
    case JSON_OBJECT: return "an object";
    case JSON_ARRAY: return "an array";
    case JSON_STRING: return "a string";
    case JSON_INTEGER: return "a whole number";
    case JSON_TRUE: return "true or false";
    default: return "another type";
    }
}

static bool is_flat(const json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++)
        if (json_is_array(json_array_get(array, i)) || json_is_object(json_array_get(array, i)))
            return false;
    return true;
}

static bool check_member(const json_t *value, const struct json_member *member, struct error *error)
{
    size_t maximum = member->maximum > 0 ? member->maximum : STRING_MAXIMUM;
    bool right = member->type == JSON_TRUE ? json_is_boolean(value) : json_typeof(value) == member->type;
    if (!right)
        return error_set(error, ERROR_invalid, member->name, "%s must be %s.", member->name, type_name(member->type));
    if (json_is_string(value) && json_string_length(value) > maximum)
        return error_set(error, ERROR_invalid, member->name, "%s is longer than %zu bytes.", member->name, maximum);
    if (json_is_string(value) && json_string_length(value) == 0)
        return error_set(error, ERROR_invalid, member->name, "%s must not be empty.", member->name);
    if (json_is_array(value) && json_array_size(value) > maximum)
        return error_set(error, ERROR_invalid, member->name, "%s holds more than %zu items.", member->name, maximum);
    if (json_is_array(value) && (member->need & JSON_NESTED) == 0 && !is_flat(value))
        return error_set(error, ERROR_invalid, member->name, "%s must hold neither arrays nor objects.", member->name);
    return true;
}

bool json_check(const json_t *object, const struct json_member *members, struct error *error)
{
    const char *name;
    json_t *value;
    union {
        const json_t *read;
        json_t *walk; // jansson's iterator takes no const
    } walked = {.read = object};
    json_object_foreach(walked.walk, name, value) {
        const struct json_member *member = members;
        while (member->name != NULL && strcmp(member->name, name) != 0)
            member++;
        if (member->name == NULL) {
            struct text allowed = {0};
            for (member = members; member->name != NULL; member++)
                text_format(&allowed, "%s%s", member > members ? ", " : "", member->name);
            error_set(error, ERROR_invalid, name, "There is no member %s here; allowed are: %s.", name,
                      allowed.text != NULL ? allowed.text : "none");
            text_release(&allowed);
            return false;
        }
        bool absent = json_is_null(value) && (member->need & JSON_NEEDED) == 0;
        if (!absent && !check_member(value, member, error))
            return false;
    }
    for (const struct json_member *member = members; member->name != NULL; member++)
        if ((member->need & JSON_NEEDED) != 0 && json_object_get(object, member->name) == NULL)
            return error_set(error, ERROR_invalid, member->name, "%s is missing.", member->name);
    return true;
}

const char *json_text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}
