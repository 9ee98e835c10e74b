// SPDX-License-Identifier: GPL-3.0-or-later
// Reply tokens: 80 random bits in the address that a vendor answers to, by which the answer finds its
// request. Written so that they survive being read out and typed again: Crockford's base32, in lower case.
#ifndef SHARED_REPLY_TOKEN_H
#define SHARED_REPLY_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

enum { REPLY_TOKEN_LENGTH = 16, REPLY_TOKEN_SIZE = REPLY_TOKEN_LENGTH + 1, REPLY_TOKEN_HASH_BYTES = 32 };

// A new one, from the system's random source. False when there is none.
bool reply_token_new(char token[REPLY_TOKEN_SIZE]);

// A token as somebody has written it: case folded, o read as 0, i and l as 1, u as v. False when it is none.
bool reply_token_normalise(const char *text, size_t length, char token[REPLY_TOKEN_SIZE]);

// SHA-256 of its sixteen characters, without a key: who reads the answers holds none.
void reply_token_hash(const char token[REPLY_TOKEN_SIZE], unsigned char hash[REPLY_TOKEN_HASH_BYTES]);

#endif
