// SPDX-License-Identifier: GPL-3.0-or-later
#include "law/hash.h"

#include <sodium.h>
#include <stdint.h>

void hash_parts(const struct hash_part *parts, size_t count, char hex[HASH_TEXT_SIZE])
{
    crypto_generichash_state state;
    unsigned char hash[32];
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    for (size_t i = 0; i < count; i++) {
        uint64_t length = parts[i].length;
        unsigned char prefix[8];
        for (int byte = 0; byte < 8; byte++)
            prefix[byte] = (unsigned char)(length >> (8 * byte));
        crypto_generichash_update(&state, prefix, sizeof prefix);
        crypto_generichash_update(&state, parts[i].bytes, parts[i].length);
    }
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2hex(hex, HASH_TEXT_SIZE, hash, sizeof hash);
}
