// SPDX-License-Identifier: GPL-3.0-or-later
#include "database/libraries.h"

#include <stdlib.h>

#include "shared/json.h"

struct libraries {
    json_t *list; // the texts are its
    size_t count;
    struct library items[];
};

struct libraries *libraries_new(const json_t *list)
{
    size_t count = json_array_size(list);
    struct libraries *libraries =
        count > 0 ? calloc(1, sizeof *libraries + count * sizeof libraries->items[0]) : NULL;
    if (libraries == NULL)
        return NULL;
    libraries->list = json_deep_copy(list);
    libraries->count = count;
    for (size_t i = 0; i < count; i++) {
        const json_t *row = json_array_get(libraries->list, i);
        libraries->items[i] =
            (struct library){(int)json_integer_value(json_object_get(row, "id")), json_text(row, "name"),
                             json_text(row, "zone"), json_text(row, "contact")};
        if (libraries->items[i].name == NULL || libraries->items[i].zone == NULL) {
            libraries_free(libraries);
            return NULL;
        }
    }
    return libraries;
}

void libraries_free(struct libraries *libraries)
{
    if (libraries == NULL)
        return;
    json_decref(libraries->list);
    free(libraries);
}

bool libraries_same(const struct libraries *one, const struct libraries *other)
{
    return one != NULL && other != NULL && json_equal(one->list, other->list);
}

size_t libraries_count(const struct libraries *libraries)
{
    return libraries != NULL ? libraries->count : 0;
}

const struct library *libraries_at(const struct libraries *libraries, size_t index)
{
    return &libraries->items[index];
}

const struct library *libraries_find(const struct libraries *libraries, int id)
{
    for (size_t i = 0; i < libraries_count(libraries); i++)
        if (libraries->items[i].id == id)
            return &libraries->items[i];
    return NULL;
}
