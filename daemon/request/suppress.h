// SPDX-License-Identifier: GPL-3.0-or-later
// Which cells of published tables must be hidden, so that what is shown does not give them back. Pure.
#ifndef REQUEST_SUPPRESS_H
#define REQUEST_SUPPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SUPPRESS_TABLES = 2, SUPPRESS_COLUMNS = 4 };

struct suppress_cell {
    int64_t count;   // what would be shown
    int64_t patrons; // how many distinct people are behind it
    bool hidden;     // the result
};

// One row: its cells are parts of a whole that is always shown.
struct suppress_row {
    struct suppress_cell cells[SUPPRESS_COLUMNS];
};

// The same people counted twice, once by the rows of each table: the columns of both add up to the same totals. Caller's memory.
struct suppress {
    size_t columns; // 2 to SUPPRESS_COLUMNS
    size_t row_count[SUPPRESS_TABLES];
    struct suppress_row *rows[SUPPRESS_TABLES];
    struct suppress_row total;
};

// Hides every cell of fewer than `least` patrons, nobody included, and as many others as it takes: from all that is shown, together with
// every row's sum, each hidden cell can still have at least `least` + 1 values, from some n to n + `least` or beyond. Each row's sum must
// be `least` or more. False without memory.
bool suppress(struct suppress *tables, int64_t least);

#endif
