// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a counted clock runs, stands still, is met, or has ended. Inside law/ only.
#ifndef LAW_CLOCK_STATE_H
#define LAW_CLOCK_STATE_H

#include "law/clock_work.h"

// Whether the law lets the vendor wait for the person, so that there is no last day yet.
bool clock_waits(const struct clock_work *work, const struct law_clock *rule);

// Sets state, and the dates of a paused clock, with a step that says why.
void clock_settle(struct clock_work *work, struct clock *clock, const struct law_clock *rule);

#endif
