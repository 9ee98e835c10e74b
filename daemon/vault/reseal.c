// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/reseal.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "shared/json.h"
#include "shared/log.h"
#include "shared/memory.h"
#include "shared/text.h"

static json_t *keys_in(const struct vault *vault, const struct ring_policy *policy, const char *state,
                       const char *or_state)
{
    json_t *keys = vault_keys(vault, policy), *key, *ids = json_array();
    size_t index;
    bool good = keys != NULL && ids != NULL;
    json_array_foreach(keys, index, key)
    {
        const char *is = json_text(key, "state");
        if (strcmp(is, state) == 0 || text_is(or_state, is))
            good = good && json_array_append(ids, json_object_get(key, "id")) == 0;
    }
    json_decref(keys);
    if (good)
        return ids;
    json_decref(ids);
    return NULL;
}

json_t *reseal_keys(const struct vault *vault, const struct ring_policy *policy)
{
    return keys_in(vault, policy, "ended", "due");
}

json_t *reseal_due_keys(const struct vault *vault, const struct ring_policy *policy)
{
    return keys_in(vault, policy, "due", NULL);
}

// New reference; NULL: error says why.
static json_t *reseal(const struct vault *vault, const char *table, const char *column, const char *row,
                      const char *envelope, bool *opened, struct error *error)
{
    char *plain = NULL;
    size_t length = 0;
    *opened = vault_unseal(vault, table, column, row, envelope, &plain, &length, error);
    if (!*opened)
        return NULL;
    char *fresh = vault_seal(vault, table, column, row, plain, length, error);
    sodium_memzero(plain, length);
    free(plain);
    json_t *json = fresh != NULL ? json_string(fresh) : NULL;
    if (fresh != NULL && json == NULL)
        memory_error(error);
    free(fresh);
    return json;
}

// False: nothing can be sealed at all.
static bool reseal_row(const struct vault *vault, json_t *row, size_t *failed, struct error *error)
{
    const char *table = json_text(row, "table"), *id = json_text(row, "row"), *column;
    json_t *fresh = json_object(), *envelope;
    if (json_object_set_new(row, "fresh", fresh) != 0)
        return memory_error(error);
    json_object_foreach(json_object_get(row, "sealed"), column, envelope)
    {
        bool opened = false;
        json_t *value = reseal(vault, table, column, id, json_string_value(envelope), &opened, error);
        if (value != NULL && json_object_set_new(fresh, column, value) != 0)
            return memory_error(error);
        if (value == NULL && opened)
            return false;
        if (value == NULL) {
            (*failed)++;
            log_error("%s.%s of %s is left as it is: %s", table, column, id, error->text);
        }
    }
    return true;
}

json_t *reseal_rows(const struct vault *vault, const json_t *rows, size_t *failed, struct error *error)
{
    json_t *answer = json_array(), *row;
    size_t index;
    json_array_foreach(rows, index, row)
    {
        json_t *copy = json_object(); // json_copy() leaves out members where memory runs out
        bool good = json_object_update(copy, row) == 0 ? reseal_row(vault, copy, failed, error) : memory_error(error);
        if (good && json_object_size(json_object_get(copy, "fresh")) > 0 && json_array_append(answer, copy) != 0)
            good = memory_error(error);
        json_decref(copy);
        if (!good) {
            json_decref(answer);
            return NULL;
        }
    }
    if (answer == NULL)
        memory_error(error);
    return answer;
}
