// SPDX-License-Identifier: GPL-3.0-or-later
// What may stand in a letter: the last look at each value, wherever it came from. Pure.
#ifndef LETTER_FIELD_H
#define LETTER_FIELD_H

#include <stdbool.h>

#include "shared/error.h"

// Octets: a header can be folded between words only, and no line on the wire may be longer than 998 (RFC
// 5322, 2.1.1).
enum { FIELD_WORD_MAXIMUM = 200, FIELD_LINE_MAXIMUM = 900 };

// Refuses, with the field's name, what is not UTF-8, holds control characters, line separators or marks that
// turn the direction of writing, looks like an encoded word (=?...?=), or has a word or line that is too
// long. NULL and "" are good.
bool field_check(const char *value, const char *field, struct error *error);
// The same for several lines, as those of a postal address: the line feed alone is allowed.
bool field_check_lines(const char *value, const char *field, struct error *error);

#endif
