// SPDX-License-Identifier: GPL-3.0-or-later
// Strict JSON from outside: whatever was not expected is refused by its name.
#ifndef SHARED_JSON_H
#define SHARED_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "shared/error.h"

enum json_need { JSON_OPTIONAL, JSON_NEEDED };

struct json_member {
    const char *name;
    json_type type; // JSON_TRUE stands for either boolean
    enum json_need need;
    size_t maximum; // bytes of a string, items of an array; 0 = 200
};

// Parses one object: no duplicate members, no control characters or invalid UTF-8 in any string, nothing after it. New reference or NULL.
json_t *json_parse_object(const char *bytes, size_t length, struct error *error);

// Whether the object has the members of the table (ended by a NULL name) and no other, each of its type and size.
bool json_check(const json_t *object, const struct json_member *members, struct error *error);

// The string member, or NULL when absent or null.
const char *json_text(const json_t *object, const char *name);

#endif
