// SPDX-License-Identifier: GPL-3.0-or-later
// A vendor's document: who it is, where it is established, and by which channels requests reach it. One check for the files of
// etc/vendors and for what comes in through the API.
#ifndef VENDOR_VENDOR_H
#define VENDOR_VENDOR_H

#include <jansson.h>
#include <stdbool.h>

#include "shared/error.h"

// Whether the document has the members etc/vendors/README.md describes and no other. The error names the member.
bool vendor_check(const json_t *document, struct error *error);

// Whether it is a short name: of a-z, 0-9 and dashes, which do not stand at its ends, and at most 80 of them.
bool vendor_is_slug(const char *text);

#endif
