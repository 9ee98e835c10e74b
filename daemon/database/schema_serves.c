// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "database/schema_version.h"

bool schema_serves(const json_t *state, struct error *error)
{
    int there = (int)json_integer_value(json_object_get(state, "schema_version"));
    const json_t *from = json_object_get(state, "serves_from");
    int serves_from = from != NULL ? (int)json_integer_value(from) : there;
    if (there == schema_version || (there > schema_version && serves_from <= schema_version))
        return true;
    if (there < schema_version)
        return error_set(error, ERROR_conflict, "schema", "The database has schema version %d, this dsrd needs %d: run `dsrd migrate` of this dsrd.",
                         there, schema_version);
    return error_set(error, ERROR_conflict, "schema",
                     "The database has schema version %d, which serves a dsrd of version %d or later, and this one is of %d: install the newer dsrd.",
                     there, serves_from, schema_version);
}

bool schema_is_refused(const struct error *error)
{
    return error->code == ERROR_conflict && strcmp(error->field, "schema") == 0;
}
