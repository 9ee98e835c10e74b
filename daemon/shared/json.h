// SPDX-License-Identifier: GPL-3.0-or-later
// Strict JSON from outside: whatever was not expected is refused by its name.
#ifndef SHARED_JSON_H
#define SHARED_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "shared/error.h"

// JSON_NESTED is added to one of the others: the items of this array may be arrays or objects.
enum json_need { JSON_OPTIONAL = 0, JSON_NEEDED = 1, JSON_NESTED = 2 };

struct json_member {
    const char *name;
    json_type type; // JSON_TRUE stands for either boolean
    int need; // enum json_need
    size_t maximum; // bytes of a string, items of an array; 0 = 200
};

// json_loadb() for all that dsrd reads: NULL also when memory ran out meanwhile, for jansson then leaves out characters of a string and goes on.
// After memory_watch().
json_t *json_read(const char *bytes, size_t length, size_t flags, json_error_t *where);

// The same of a string that a NUL ends, by whoever knows that it is JSON.
json_t *json_read_text(const char *text, size_t flags);

// Parses one object: no duplicate members, no control characters or invalid UTF-8 in any string, not more than some ten thousand values,
// nothing after it. New reference or NULL.
json_t *json_parse_object(const char *bytes, size_t length, struct error *error);

// Whether the object has the members of the table (ended by a NULL name) and no other, each of its type and size.
bool json_check(const json_t *object, const struct json_member *members, struct error *error);

// The string member, or NULL when absent or null.
const char *json_text(const json_t *object, const char *name);

#endif
