// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/person.h"

#include "shared/memory.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void person_address_hash(const struct vault *vault, const char *address, char hex[VAULT_LOOKUP_HEX])
{
    enum { ADDRESS_SIZE = 321 };
    char lower[ADDRESS_SIZE] = "";
    for (size_t i = 0; i < sizeof lower - 1 && address[i] != '\0'; i++)
        lower[i] = (char)tolower((unsigned char)address[i]);
    vault_lookup(vault, "email", lower, hex);
}

void person_unsubscribe_token(const struct vault *vault, const char *address, char token[UNSUBSCRIBE_TOKEN_LENGTH + 1])
{
    char hash[VAULT_LOOKUP_HEX], made[VAULT_LOOKUP_HEX];
    person_address_hash(vault, address, hash);
    vault_lookup(vault, "unsubscribe-token", hash, made);
    memcpy(token, made, UNSUBSCRIBE_TOKEN_LENGTH);
    token[UNSUBSCRIBE_TOKEN_LENGTH] = '\0';
}

void person_unsubscribe_hash(const struct vault *vault, const char *token, char hex[VAULT_LOOKUP_HEX])
{
    vault_lookup(vault, "unsubscribe", token, hex);
}

static bool seal_member(const struct vault *vault, const char *table, const char *column, const char *value, json_t *row, struct error *error)
{
    char member[32];
    if (value == NULL)
        return true;
    char *sealed = vault_seal(vault, table, column, json_string_value(json_object_get(row, "id")), value, strlen(value), error);
    if (sealed == NULL)
        return false;
    snprintf(member, sizeof member, "%s_sealed", column);
    bool good = json_object_set_new(row, member, json_string(sealed)) == 0;
    free(sealed);
    if (!good)
        memory_error(error);
    return good;
}

static bool set_text(json_t *row, const char *member, const char *text, struct error *error)
{
    if (json_object_set_new(row, member, json_string(text)) == 0)
        return true;
    return memory_error(error);
}

json_t *person_seal(const struct vault *vault, const char *table, const char *name, const char *email, const char *uid, struct error *error)
{
    char uuid[UUID_TEXT_SIZE];
    vault_uuid(uuid);
    return person_seal_row(vault, table, uuid, name, email, uid, error);
}

json_t *person_seal_row(const struct vault *vault, const char *table, const char *id, const char *name, const char *email, const char *uid,
                        struct error *error)
{
    char hash[VAULT_LOOKUP_HEX];
    json_t *row = json_object();
    bool good = set_text(row, "id", id, error) && seal_member(vault, table, "name", name, row, error) &&
                seal_member(vault, table, "email", email, row, error) && seal_member(vault, table, "uid", uid, row, error);
    if (good && email != NULL) {
        person_address_hash(vault, email, hash);
        good = set_text(row, "email_hash", hash, error);
    }
    if (good && uid != NULL) {
        vault_lookup(vault, "uid", uid, hash);
        good = set_text(row, "uid_hash", hash, error);
    }
    if (good)
        return row;
    json_decref(row);
    return NULL;
}
