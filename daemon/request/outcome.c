// SPDX-License-Identifier: GPL-3.0-or-later
#include "request/outcome.h"

#include <string.h>

#include "shared/text.h"

const struct outcome outcomes[] = {
    {"fulfilled", "the vendor did all that was asked", false},
    {"partially_fulfilled", "the vendor did part of it", false},
    {"denied", "the vendor refused", true},
    {"referred_to_library", "the vendor holds the data for the library, which must decide", false},
    {"no_answer", "the vendor never answered", false},
    {"withdrawn", "the person took the request back", false},
    {"abandoned", "the request was given up", false},
    {"duplicate", "the same request stands under another reference", false},
};
const size_t outcome_count = sizeof outcomes / sizeof outcomes[0];

// Data Rights Protocol 1.0, section 3.02.
const char *const denial_reasons[] = {"suspected_fraud",      "insuf_verification", "no_match", "claim_not_covered",
                                      "outside_jurisdiction", "too_many_requests",  "other"};
const size_t denial_reason_count = sizeof denial_reasons / sizeof denial_reasons[0];

static const struct outcome *find(const char *name)
{
    for (size_t i = 0; i < outcome_count; i++)
        if (strcmp(outcomes[i].name, name) == 0)
            return &outcomes[i];
    return NULL;
}

static bool is_reason(const char *name)
{
    for (size_t i = 0; i < denial_reason_count; i++)
        if (strcmp(denial_reasons[i], name) == 0)
            return true;
    return false;
}

static bool refuse(struct error *error, const char *field, const char *value, bool of_reasons)
{
    struct text allowed = {0};
    size_t count = of_reasons ? denial_reason_count : outcome_count;
    for (size_t i = 0; i < count; i++)
        text_format(&allowed, "%s%s", i > 0 ? ", " : "", of_reasons ? denial_reasons[i] : outcomes[i].name);
    const char *list = allowed.failed ? "see dsr(1)" : allowed.text;
    if (value != NULL)
        error_set(error, ERROR_invalid, field, "There is no %s %s; allowed are: %s.", field, value, list);
    else
        error_set(error, ERROR_invalid, field, "The %s is missing; allowed are: %s.", field, list);
    text_release(&allowed);
    return false;
}

bool outcome_check(const char *outcome, const char *reason, struct error *error)
{
    const struct outcome *known = outcome != NULL ? find(outcome) : NULL;
    if (known == NULL)
        return refuse(error, "outcome", outcome, false);
    if (reason != NULL && !is_reason(reason))
        return refuse(error, "reason", reason, true);
    if (known->needs_reason && reason == NULL)
        return refuse(error, "reason", NULL, true);
    if (!known->needs_reason && reason != NULL)
        return error_set(error, ERROR_invalid, "reason", "A reason belongs to the outcome denied, not to %s.", outcome);
    return true;
}
