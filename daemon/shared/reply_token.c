// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/reply_token.h"

#include <sodium.h>
#include <string.h>

enum { RANDOM_BYTES = 10, BITS = 5 };

static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";

bool reply_token_new(char token[REPLY_TOKEN_SIZE])
{
    unsigned char random[RANDOM_BYTES];
    unsigned waiting = 0, bits = 0;
    size_t length = 0;
    if (sodium_init() < 0)
        return false;
    randombytes_buf(random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++) {
        waiting = (waiting << 8 | random[i]) & 0xFFFF;
        for (bits += 8; bits >= BITS; bits -= BITS)
            token[length++] = digits[waiting >> (bits - BITS) & 31];
    }
    token[length] = '\0';
    sodium_memzero(random, sizeof random);
    return true;
}

static char normal(char c)
{
    if (c >= 'A' && c <= 'Z')
        c = (char)(c + ('a' - 'A'));
    switch (c) {
    case 'o': return '0';
    case 'i':
    case 'l': return '1';
    case 'u': return 'v';
    default: return c;
    }
}

bool reply_token_normalise(const char *text, size_t length, char token[REPLY_TOKEN_SIZE])
{
    if (length != REPLY_TOKEN_LENGTH)
        return false;
    for (size_t i = 0; i < length; i++) {
        token[i] = normal(text[i]);
        if (token[i] == '\0' || strchr(digits, token[i]) == NULL)
            return false;
    }
    token[length] = '\0';
    return true;
}

void reply_token_hash(const char token[REPLY_TOKEN_SIZE], unsigned char hash[REPLY_TOKEN_HASH_BYTES])
{
    crypto_hash_sha256(hash, (const unsigned char *)token, REPLY_TOKEN_LENGTH);
}
