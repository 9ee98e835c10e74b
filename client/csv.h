// SPDX-License-Identifier: GPL-3.0-or-later
// Reading a CSV file with a heading line (RFC 4180, through libcsv).
#ifndef CLIENT_CSV_H
#define CLIENT_CSV_H

#include <jansson.h>

#include "shared/error.h"

// An array of rows, each {"line": N, "<heading>": "text" ...}; headings lower-cased, blanks made _. Empty fields are left out. NULL and an error.
json_t *csv_read(const char *path, struct error *error);

#endif
