// SPDX-License-Identifier: GPL-3.0-or-later
// Lists as a table (sized to the terminal), as CSV or as JSON; and the few things that single screens share.
#ifndef CLIENT_OUTPUT_H
#define CLIENT_OUTPUT_H

#include "client/client.h"

enum colour { COLOUR_NONE, COLOUR_RED, COLOUR_YELLOW, COLOUR_GREEN, COLOUR_BOLD };

// What becomes of a column on a terminal that is too narrow. From NARROW_LEAVE on it is left out; the higher the sooner.
enum { NARROW_KEEP, NARROW_CUT, NARROW_LEAVE, COLUMNS_MAXIMUM = 16 };

struct column {
    const char *title;  // of the table
    const char *member; // of the row, and the title in CSV
    // Text for people from a row, into buffer; NULL: the member as it is.
    const char *(*show)(const json_t *row, char *buffer, size_t size);
    bool right;         // aligned right
    int narrow;         // NARROW_KEEP, NARROW_CUT, or NARROW_LEAVE and up
};

// Prints rows (an array of objects) in the client's format: with FORMAT_JSON the rows themselves, as a table `nothing` when there are none.
// At most COLUMNS_MAXIMUM columns.
int output_rows(const struct client *client, const json_t *rows, const struct column *columns, size_t count, const char *nothing);

int output_json(const json_t *json);
// One CSV field (RFC 4180). Text that a spreadsheet would take for a formula gets an apostrophe in front.
void output_csv_field(const char *text, bool is_number);

// The text in the colour, if the client has colours. Colour is never the only sign.
void output_coloured(const struct client *client, enum colour colour, const char *text);

// Prints a line that begins with `text`; on a terminal it is broken between words, and goes on `indent` columns from the left.
void output_wrapped(const char *text, size_t indent);
// "3. What was counted [citation]" of the steps of a clock.
void output_step(size_t number, const json_t *step);

// Of a request's summary.
const char *output_status(const json_t *request, char *buffer, size_t size); // "overdue", "due soon", "answer to check"
const char *output_due(const json_t *request, char *buffer, size_t size);    // "2026-12-08", "~2026-12-08 to 2026-12-10", "-"
// Whether the date of a request or clock rests on a figure that was not read in the law's text: then output_due() has a ~ before it.
bool output_is_unverified(const json_t *row);
const char *output_when(const json_t *request, char *buffer, size_t size);   // "3 days late", "today", "in 5 days"
enum colour output_status_colour(const json_t *request);
const char *output_words(const char *identifier, char *buffer, size_t size); // "third party list"

#endif
