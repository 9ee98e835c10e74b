// SPDX-License-Identifier: GPL-3.0-or-later
// A new vendor's document from the options of `dsr vendor add`. Pure but for the day.
#ifndef CLIENT_VENDOR_DOCUMENT_H
#define CLIENT_VENDOR_DOCUMENT_H

#include <jansson.h>

#include "client/arguments.h"
#include "shared/error.h"

enum { VENDOR_SLUG_SIZE = 81 };

// "Acme Books, Inc." as "acme-books-inc": what is left of a name in a-z, 0-9 and dashes. May be empty.
void vendor_slug_make(const char *name, char slug[VENDOR_SLUG_SIZE]);

// The checked document of that name, its facts seen on `today` (2026-11-23). New reference; NULL and an error
// that says what to add.
json_t *vendor_document_make(const char *name, const struct arguments *arguments, const char *today,
                             struct error *error);

// The document of a file, JSON or as in etc/vendors (*.conf). New reference, not checked when JSON; NULL and
// an error.
json_t *vendor_document_read(const char *path, struct error *error);

#endif
