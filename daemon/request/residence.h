// SPDX-License-Identifier: GPL-3.0-or-later
// Where a subject lives: a country of ISO 3166-1, or a part of one as in ISO 3166-2 (NL, US-CA).
#ifndef REQUEST_RESIDENCE_H
#define REQUEST_RESIDENCE_H

#include <stdbool.h>

#include "shared/error.h"

enum { RESIDENCE_SIZE = 7 };

// The residence in capitals, as the record has it. False and an error when it is not written like one; whether there is such a
// place is not looked up.
bool residence_parse(const char *text, char residence[RESIDENCE_SIZE], struct error *error);

#endif
