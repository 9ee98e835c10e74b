// SPDX-License-Identifier: GPL-3.0-or-later
// Aliases of data subjects: amber-heron. Two short word lists; a number follows when the pair is taken.
#ifndef REQUEST_ALIAS_H
#define REQUEST_ALIAS_H

#include <stdint.h>

enum { ALIAS_SIZE = 40 };

// From random bits. When `attempt` is 2 a number from 2 to 101 follows, then one of up to four digits, and of up to six.
void alias_make(uint64_t random, unsigned attempt, char alias[ALIAS_SIZE]);

#endif
