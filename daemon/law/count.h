// SPDX-License-Identifier: GPL-3.0-or-later
// Counting n units from a day under a counting rule, and rolling the last day. Pure.
#ifndef LAW_COUNT_H
#define LAW_COUNT_H

#include "law/law.h"

// Where the working is written to; NULL clock = no explanation wanted (other readings).
struct working {
    struct clock *clock;
    bool *failed;
    const char *cite; // of the counting rule
};

// Day 0 is never counted. DATE_NONE when the result leaves the calendar (year 9999).
date count_units(date day_0, int n, enum unit unit, const struct calendar *calendar, struct working working);

// Moves a last day that the rule does not accept to the next one that it does. `cite` is that of the rule.
date count_roll(date day, const struct roll *roll, const struct calendar *calendar, const char *cite, struct working working);

#endif
