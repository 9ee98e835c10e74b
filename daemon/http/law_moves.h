// SPDX-License-Identifier: GPL-3.0-or-later
// What other laws do to a request's dates. No I/O.
#ifndef HTTP_LAW_MOVES_H
#define HTTP_LAW_MOVES_H

#include "http/request_work.h"

struct law_move {
    bool counted_anew; // some clock rests on another version of a law or calendar, though its dates may be the same
    json_t *moves;     // [{"clock", "was": {state, due, earliest, latest}|null, "becomes": the same|null}], empty: no date moves
};

// Compares the clocks of a record {"clock", "state", "due", "earliest", "latest", "law_hash"} with those just computed. The caller frees
// `moves` with json_decref().
struct law_move law_move_find(const json_t *recorded, const json_t *computed);

// [{"law" or "calendar", "change": "new" | "changed" | "gone"}]: what differs between the two.
json_t *law_changes(const struct catalogue *before, const struct catalogue *after);

#endif
