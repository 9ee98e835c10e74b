// SPDX-License-Identifier: GPL-3.0-or-later
// Reply tokens: what stands in the Reply-To of a letter, so that the answer finds its requests. 80 random bits, 16 characters of Crockford's
// base 32 in lower case; only their hash is kept.
#ifndef SHARED_REPLY_TOKEN_H
#define SHARED_REPLY_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

enum { REPLY_TOKEN_LENGTH = 16, REPLY_TOKEN_SIZE = REPLY_TOKEN_LENGTH + 1, REPLY_TOKEN_HASH = 32 };

// A new random token. False: libsodium cannot be used.
bool reply_token_new(char token[REPLY_TOKEN_SIZE]);

// What a person may have retyped (capitals, l or i for 1, o for 0) as the token it was. False: it is none, whatever stands in `token` then.
bool reply_token_normalise(const char *text, size_t length, char token[REPLY_TOKEN_SIZE]);

// SHA-256 of the token, without a key: who reads the replies holds none, and 80 bits are not to be guessed.
void reply_token_hash(const char token[REPLY_TOKEN_SIZE], unsigned char hash[REPLY_TOKEN_HASH]);

#endif
