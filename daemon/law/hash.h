// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LAW_HASH_H
#define LAW_HASH_H

#include <stddef.h>

#include "law/catalogue.h"

struct hash_part {
    const void *bytes;
    size_t length;
};

// BLAKE2b-256 over the parts, each preceded by its length, as hex.
void hash_parts(const struct hash_part *parts, size_t count, char hex[HASH_TEXT_SIZE]);

#endif
