// SPDX-License-Identifier: GPL-3.0-or-later
// Rules between requests of one subject to one vendor: frequency limits and access before deletion. Pure.
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

// A limit set by the vendor's channel ("once per calendar year"); count 0 = none.
struct channel_limit {
    int count;
    bool calendar_year;
    int months;
    const char *source;
};

enum { WARNINGS_MAXIMUM = 8, WARNING_TEXT_SIZE = 400 };

struct warning {
    const char *code; // frequency_law, frequency_vendor, access_before_deletion, patron_only, unverified_law ...
    char text[WARNING_TEXT_SIZE];
    bool must_confirm; // refused with confirmation_needed unless `anyway`
    date free_from;    // DATE_NONE when it does not apply
};

struct warnings {
    struct warning list[WARNINGS_MAXIMUM];
    size_t count;
};

void rules_check(const struct law *law, const char *right, date sent, const struct channel_limit *limit,
                 const struct earlier_request *earlier, size_t earlier_count, struct warnings *warnings);

#endif
