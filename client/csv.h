// SPDX-License-Identifier: GPL-3.0-or-later
// Reading a CSV file with a line of headings (RFC 4180, through libcsv): commas, semicolons or tabs, with a byte order mark or without.
#ifndef CLIENT_CSV_H
#define CLIENT_CSV_H

#include <jansson.h>

#include "shared/error.h"

// {"headings": [text], "rows": [{"row": N, "<heading>": "text" ...}]}; headings lower-cased, blanks made _; empty fields are left out, N
// counts as a spreadsheet does, 1 being the headings. NULL and an error that names the row. The caller owns the result.
json_t *csv_read(const char *path, struct error *error);

// A heading as csv_read() has it. The caller frees it; NULL: no memory.
char *csv_heading(const char *text, size_t length);

#endif
