// SPDX-License-Identifier: GPL-3.0-or-later
// Characters that nobody sees: soft hyphens, spaces of no width, joiners, byte order marks. They come along
// when a line is copied from a web page, and an address with one is another address than it looks. Pure.
#ifndef SHARED_INVISIBLE_H
#define SHARED_INVISIBLE_H

#include <stdbool.h>

enum { INVISIBLE_NAME_SIZE = 12 };

// Whether there is one in the text; `name` gets the first one's ("U+00AD").
bool invisible_find(const char *text, char name[INVISIBLE_NAME_SIZE]);

#endif
