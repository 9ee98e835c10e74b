// SPDX-License-Identifier: GPL-3.0-or-later
// References such as R-7K3F-92QM: seven random Crockford base 32 characters and a check character. They say nothing.
#ifndef REQUEST_REFERENCE_H
#define REQUEST_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

enum { REFERENCE_SIZE = 12 };

// From 35 random bits (the caller brings the randomness: this is pure).
void reference_make(uint64_t random, char reference[REFERENCE_SIZE]);

// Accepts lower case, missing dashes or "R-", O for 0, I and L for 1; writes the canonical form. False when it
// cannot be one or the check character differs.
bool reference_parse(const char *text, char reference[REFERENCE_SIZE]);

#endif
