// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/body.h"

void body_set_text(json_t *body, const char *member, const char *value)
{
    if (value != NULL)
        json_object_set_new(body, member, json_string(value));
}

json_t *body_values(const struct arguments *arguments, const char *option)
{
    const char *value;
    size_t from = 0;
    json_t *values = json_array();
    while ((value = argument_next(arguments, option, &from)) != NULL)
        json_array_append_new(values, json_string(value));
    return values;
}
