// SPDX-License-Identifier: GPL-3.0-or-later
// The tables of a closed quarter as those may read them who may not see identity: small rows taken together, small cells hidden. Pure.
#ifndef REQUEST_PUBLISHED_H
#define REQUEST_PUBLISHED_H

#include <jansson.h>
#include <stdint.h>

#include "shared/error.h"

// From {"vendors": [every vendor], "rights": [every right], "facts": [[patron, vendor, right, class, extended, days], ...]}, one fact a
// request: patron a number that tells people apart, or -1 when that is not known any more; vendor and right places in their lists; class 0
// answered and not denied, 1 denied, 2 overdue or closed as never answered, 3 waiting; extended 0 or 1; days to the answer, or -1.
// {"k", "vendors": [row], "rights": [row]}: a row is {"vendor" or "right", "asked", "not_denied", "denied", "overdue", "waiting",
// "extended", "median_days_to_answer"}, with null for what is hidden, in order of the names; then "(others)", if rows were too small to be
// named, and "(all)". No rows at all when fewer than `least` patrons asked. New reference, or NULL and an error.
json_t *published_tables(const json_t *facts, int64_t least, struct error *error);

#endif
