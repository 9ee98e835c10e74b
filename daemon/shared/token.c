// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/token.h"

#include <stdio.h>
#include <string.h>

static const char prefix[] = "dsr_";
// 32 letters, none of which looks like another.
static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
static const char digits[] = "0123456789abcdef";

void token_format(const unsigned char random[TOKEN_RANDOM_BYTES], char token[TOKEN_SIZE])
{
    char *at = token + strlen(prefix);
    memcpy(token, prefix, strlen(prefix)); // NOLINT(bugprone-not-null-terminated-result): it ends below
    for (size_t i = 0; i < TOKEN_ID_LENGTH; i++)
        *at++ = letters[random[i] % (sizeof letters - 1)];
    *at++ = '_';
    for (size_t i = TOKEN_ID_LENGTH; i < TOKEN_RANDOM_BYTES; i++) {
        *at++ = digits[random[i] >> 4];
        *at++ = digits[random[i] & 15];
    }
    *at = '\0';
}

static bool has_id(const char *text)
{
    return strspn(text, letters) == TOKEN_ID_LENGTH;
}

bool token_is_id(const char *text)
{
    return strlen(text) == TOKEN_ID_LENGTH && has_id(text);
}

bool token_parse(const char *text, char id[TOKEN_ID_SIZE])
{
    if (strlen(text) != TOKEN_LENGTH || strncmp(text, prefix, strlen(prefix)) != 0)
        return false;
    const char *name = text + strlen(prefix), *secret = name + TOKEN_ID_LENGTH + 1;
    if (!has_id(name) || secret[-1] != '_' || strspn(secret, digits) != 2 * TOKEN_SECRET_BYTES)
        return false;
    snprintf(id, TOKEN_ID_SIZE, "%.*s", TOKEN_ID_LENGTH, name);
    return true;
}
