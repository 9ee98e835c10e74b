// SPDX-License-Identifier: GPL-3.0-or-later
// Rules between requests of one subject to one vendor: frequency limits, access before deletion, and the same asked twice. Pure.
#ifndef REQUEST_RULES_H
#define REQUEST_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "law/catalogue.h"
#include "shared/date.h"

struct earlier_request {
    const char *ref;
    const char *law;
    const char *right;
    date sent;
    bool open;
};

// A request that is purged: whose it was is not known any more, so it may have been this subject's. `month` is the first day of the month
// of sending.
struct purged_request {
    const char *law;
    const char *right;
    date month;
};

// What is known of the time before, and what only in part. Arrays are the caller's.
struct past_requests {
    const struct earlier_request *earlier; // of this subject to this vendor
    size_t earlier_count;
    const struct purged_request *purged;   // of anybody to this vendor
    size_t purged_count;
};

// A limit set by the vendor's channel ("once per calendar year"); count 0 = none.
struct channel_limit {
    int count;
    bool calendar_year;
    int months;
    const char *source;
};

enum { WARNINGS_MAXIMUM = 12, WARNING_TEXT_SIZE = 400 };

struct warning {
    const char *code; // frequency_law, frequency_vendor, frequency_unknown, access_before_deletion, still_open, patron_only, no_agent, no_authority ...
    char text[WARNING_TEXT_SIZE];
    bool must_confirm; // refused with confirmation_needed unless `anyway`
    bool refused;      // and even then
    date free_from;    // DATE_NONE when it does not apply
};

struct warnings {
    struct warning list[WARNINGS_MAXIMUM];
    size_t count;
};

// Adds what speaks against sending such a request on `sent`. A limit says "as far as dsrd still knows" when something that may count is
// purged.
void rules_check(const struct law *law, const char *right, date sent, const struct channel_limit *limit,
                 const struct past_requests *past, struct warnings *warnings);

#endif
