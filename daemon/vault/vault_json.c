// SPDX-License-Identifier: GPL-3.0-or-later
// Sealed values inside the JSON that PostgreSQL builds.
#include "vault/vault.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/text.h"

// NULL when it is no envelope; a JSON null when the caller may not see what is in it.
static json_t *opened_value(const struct vault *vault, const json_t *json, bool may_open, struct error *error)
{
    const char *sealed = json_string_value(json_object_get(json, "sealed"));
    const char *at = json_string_value(json_object_get(json, "at"));
    const char *row = json_string_value(json_object_get(json, "row"));
    const char *dot = at != NULL ? strchr(at, '.') : NULL;
    if (!may_open || sealed == NULL || row == NULL || dot == NULL)
        return json_null();
    char table[64];
    snprintf(table, sizeof table, "%.*s", (int)(dot - at), at);
    char *plain = NULL;
    size_t length;
    if (!vault_unseal(vault, table, dot + 1, row, sealed, &plain, &length, error))
        return NULL;
    json_t *value = json_stringn(plain, length);
    if (value == NULL)
        error_set(error, ERROR_unavailable, "", text_is_utf8(plain, length) ? "dsrd is out of memory; try again." : "A sealed value is no text.");
    sodium_memzero(plain, length);
    free(plain);
    return value;
}

static bool is_envelope(const json_t *json)
{
    return json_object_get(json, "sealed") != NULL && json_object_get(json, "at") != NULL; // NULL too where it is no object
}

bool vault_open_json(const struct vault *vault, json_t *json, bool may_open, struct error *error)
{
    const char *name;
    size_t index;
    json_t *child;
    void *next;
    if (json_is_object(json))
        json_object_foreach_safe(json, next, name, child)
        {
            json_t *value = is_envelope(child) ? opened_value(vault, child, may_open, error) : NULL;
            // Neither fails: the member is there already, and so is the place in the list.
            if (value != NULL)
                json_object_set_new(json, name, value);
            else if (is_envelope(child) || !vault_open_json(vault, child, may_open, error))
                return false;
        }
    json_array_foreach(json, index, child)
    {
        json_t *value = is_envelope(child) ? opened_value(vault, child, may_open, error) : NULL;
        if (value != NULL)
            json_array_set_new(json, index, value);
        else if (is_envelope(child) || !vault_open_json(vault, child, may_open, error))
            return false;
    }
    return true;
}
