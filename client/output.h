// SPDX-License-Identifier: GPL-3.0-or-later
// Lists as a table (sized to the terminal), as CSV or as JSON; and the few things that single screens share.
#ifndef CLIENT_OUTPUT_H
#define CLIENT_OUTPUT_H

#include "client/client.h"

enum colour { COLOUR_NONE, COLOUR_RED, COLOUR_YELLOW, COLOUR_GREEN, COLOUR_BOLD };

struct column {
    const char *title;  // of the table
    const char *member; // of the row, and the title in CSV
    // Text for people from a row, into buffer; NULL: the member as it is.
    const char *(*show)(const json_t *row, char *buffer, size_t size);
    bool right;         // aligned right
    bool may_shrink;    // cut with … when the terminal is narrow
};

// Prints rows (an array of objects) in the client's format. With FORMAT_JSON the rows themselves.
int output_rows(const struct client *client, const json_t *rows, const struct column *columns, size_t count);

int output_json(const json_t *json);
// One CSV field (RFC 4180). Text that a spreadsheet would take for a formula gets an apostrophe in front.
void output_csv_field(const char *text, bool is_number);

// The text in the colour, if the client has colours. Colour is never the only sign.
void output_coloured(const struct client *client, enum colour colour, const char *text);

// Of a request's summary.
const char *output_status(const json_t *request, char *buffer, size_t size); // "overdue", "due soon", "answer to check"
const char *output_due(const json_t *request, char *buffer, size_t size);    // "2026-12-08", "~2026-12-08 to 2026-12-10", "-"
// Whether the date of a request or clock rests on a figure that was not read in the law's text: then output_due() has a ~ before it.
bool output_is_unverified(const json_t *row);
const char *output_when(const json_t *request, char *buffer, size_t size);   // "3 days late", "today", "in 5 days"
enum colour output_status_colour(const json_t *request);
const char *output_words(const char *identifier, char *buffer, size_t size); // "third party list"

#endif
