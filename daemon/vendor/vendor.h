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

#endif
