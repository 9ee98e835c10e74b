// SPDX-License-Identifier: GPL-3.0-or-later
// A bearer token as text: dsr_<id>_<secret>. The id names it in lists and logs; the secret is 256 random bits.
#ifndef SHARED_TOKEN_H
#define SHARED_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

enum {
    TOKEN_ID_LENGTH = 10,
    TOKEN_ID_SIZE = TOKEN_ID_LENGTH + 1,
    TOKEN_SECRET_BYTES = 32,
    TOKEN_RANDOM_BYTES = TOKEN_ID_LENGTH + TOKEN_SECRET_BYTES,
    TOKEN_LENGTH = 4 + TOKEN_ID_LENGTH + 1 + 2 * TOKEN_SECRET_BYTES,
    TOKEN_SIZE = TOKEN_LENGTH + 1,
};

// Makes the text from random bytes.
void token_format(const unsigned char random[TOKEN_RANDOM_BYTES], char token[TOKEN_SIZE]);
// Whether `text` is written like a token; then its id is copied.
bool token_parse(const char *text, char id[TOKEN_ID_SIZE]);
bool token_is_id(const char *text);

#endif
