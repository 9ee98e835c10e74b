// SPDX-License-Identifier: GPL-3.0-or-later
// From a filled template to the lines of a letter. Pure.
#ifndef LETTER_LAYOUT_H
#define LETTER_LAYOUT_H

#include <stddef.h>

#include "shared/text.h"

// Lines are joined to paragraphs, which an empty line parts; a line that begins with "- " is an item of a
// list; TEMPLATE_BREAK ends a line. Each line is broken between words at `width` characters, 0: not at all.
// Appends to `out`, with a line feed at the end.
void layout(const char *filled, size_t width, struct text *out);

#endif
