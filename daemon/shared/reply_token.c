// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/reply_token.h"

#include <sodium.h>
#include <string.h>

enum { BITS_A_CHARACTER = 5 };

static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz"; // Crockford: no i, l, o, u

bool reply_token_new(char token[REPLY_TOKEN_SIZE])
{
    unsigned char random[REPLY_TOKEN_LENGTH];
    if (sodium_init() < 0)
        return false;
    randombytes_buf(random, sizeof random);
    for (size_t i = 0; i < REPLY_TOKEN_LENGTH; i++)
        token[i] = alphabet[random[i] & ((1u << BITS_A_CHARACTER) - 1)];
    token[REPLY_TOKEN_LENGTH] = '\0';
    sodium_memzero(random, sizeof random);
    return true;
}

static char canonical(char c)
{
    if (c >= 'A' && c <= 'Z')
        c = (char)(c - 'A' + 'a');
    if (c == 'o')
        return '0';
    return c == 'i' || c == 'l' ? '1' : c;
}

bool reply_token_normalise(const char *text, size_t length, char token[REPLY_TOKEN_SIZE])
{
    if (length != REPLY_TOKEN_LENGTH)
        return false;
    for (size_t i = 0; i < length; i++) {
        token[i] = canonical(text[i]);
        if (token[i] == '\0' || strchr(alphabet, token[i]) == NULL)
            return false;
    }
    token[length] = '\0';
    return true;
}

void reply_token_hash(const char token[REPLY_TOKEN_SIZE], unsigned char hash[REPLY_TOKEN_HASH])
{
    crypto_hash_sha256(hash, (const unsigned char *)token, REPLY_TOKEN_LENGTH);
}
