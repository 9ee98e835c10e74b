// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a counted clock runs, stands still, is met, or has ended. Inside law/ only.
#ifndef LAW_CLOCK_STATE_H
#define LAW_CLOCK_STATE_H

#include "law/clock_work.h"

bool clock_counts_from_receipt(const struct law_clock *rule);

// Whether the law lets the vendor wait for the person, so that there is no last day yet. A question is looked at by clock_settle().
bool clock_waits(const struct clock_work *work, const struct law_clock *rule);

// Sets the state, with a step that says why; a clock whose time has not begun, stands still or has lapsed loses its dates.
void clock_settle(struct clock_work *work, struct clock *clock, const struct law_clock *rule, date day_0);

#endif
