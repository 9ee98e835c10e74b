// SPDX-License-Identifier: GPL-3.0-or-later
// How a request ends, and why it was denied (the Data Rights Protocol's words). Pure.
#ifndef REQUEST_OUTCOME_H
#define REQUEST_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/error.h"

struct outcome {
    const char *name; // fulfilled, partially_fulfilled, denied, referred_to_library, no_answer, withdrawn, abandoned, duplicate
    const char *text;
    bool needs_reason;
};
extern const struct outcome outcomes[];
extern const size_t outcome_count;
extern const char *const denial_reasons[]; // suspected_fraud, insuf_verification, no_match, claim_not_covered,
                                           // outside_jurisdiction, too_many_requests, other
extern const size_t denial_reason_count;

// Checks the pair (reason may be NULL).
bool outcome_check(const char *outcome, const char *reason, struct error *error);

#endif
