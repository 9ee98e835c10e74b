// SPDX-License-Identifier: GPL-3.0-or-later
// A row of an imported spreadsheet: which columns there are, whether what it says can be recorded, and by what it is known again. No I/O.
#ifndef CLIENT_IMPORT_ROW_H
#define CLIENT_IMPORT_ROW_H

#include <jansson.h>

#include "client/arguments.h"
#include "shared/error.h"

enum { IMPORT_KEY_SIZE = 33 };

// The events a row may have, in the order in which they are logged; NULL-terminated.
extern const char *const import_events[];

// Whether the headings are known, each there once, and those that are needed are among them. The options --skip name columns to leave out.
bool import_check_headings(const json_t *headings, const struct arguments *arguments, struct error *error);

// Removes from the row what --skip names, in any case as the headings are.
void import_leave_out(json_t *row, const struct arguments *arguments);

// Whether the row can be recorded as a whole: its days, their order, outcome and reason. What only dsrd knows (vendors, laws) is not checked.
bool import_check_row(const json_t *row, struct error *error);

// The request as dsrd takes it, without the person. The caller owns it; NULL and an error.
json_t *import_body(const json_t *row, bool anyway, struct error *error);

// The Idempotency-Key of one call for the row. A request is known again by vendor, right, law, person and day of sending, so that a row
// that was completed or corrected later does not become a second request; `part` and `detail` (may be NULL) tell its calls apart.
void import_key(const json_t *row, const char *part, const char *detail, char key[IMPORT_KEY_SIZE]);

#endif
