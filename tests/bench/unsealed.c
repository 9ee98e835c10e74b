// SPDX-License-Identifier: GPL-3.0-or-later
// For make bench only: linked in front of dsrd's own vault_seal and vault_unseal (ld --wrap), it stores what
// they would seal in the clear, in an envelope of the same shape, so that one can be measured against the
// other. Nothing of it is in dsrd.
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "vault/vault.h"

enum { HEADER = 29, LEAST = 42 };

char *__wrap_vault_seal(const struct vault *vault, const char *table, const char *column, const char *row,
                        const void *bytes, size_t length, struct error *error);
bool __wrap_vault_unseal(const struct vault *vault, const char *table, const char *column, const char *row,
                         const char *envelope, char **bytes, size_t *length, struct error *error);

char *__wrap_vault_seal(const struct vault *vault, const char *table, const char *column, const char *row,
                        const void *bytes, size_t length, struct error *error)
{
    (void)vault, (void)table, (void)column, (void)row, (void)error;
    size_t total = HEADER + length < LEAST ? LEAST : HEADER + length;
    size_t size = sodium_base64_encoded_len(total, sodium_base64_VARIANT_ORIGINAL);
    unsigned char *clear = calloc(1, total);
    char *text = malloc(size);
    clear[0] = 1;
    memset(clear + 1, 0xFF, 4); // no key of any ring
    memcpy(clear + 5, &length, sizeof length);
    memcpy(clear + HEADER, bytes, length);
    sodium_bin2base64(text, size, clear, total, sodium_base64_VARIANT_ORIGINAL);
    free(clear);
    return text;
}

bool __wrap_vault_unseal(const struct vault *vault, const char *table, const char *column, const char *row,
                         const char *envelope, char **bytes, size_t *length, struct error *error)
{
    (void)vault, (void)table, (void)column, (void)row, (void)error;
    size_t size = strlen(envelope), total = 0;
    unsigned char *clear = malloc(size + 1);
    if (sodium_base642bin(clear, size, envelope, size, NULL, &total, NULL, sodium_base64_VARIANT_ORIGINAL) !=
        0)
        return false;
    memcpy(length, clear + 5, sizeof *length);
    *bytes = malloc(*length + 1);
    memcpy(*bytes, clear + HEADER, *length);
    (*bytes)[*length] = '\0';
    free(clear);
    return true;
}
