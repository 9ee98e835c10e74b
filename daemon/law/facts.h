// SPDX-License-Identifier: GPL-3.0-or-later
// What the events of a request say, before any date is counted. Pure.
#ifndef LAW_FACTS_H
#define LAW_FACTS_H

#include "law/law.h"

struct facts {
    date sent, received;
    bool assumed;             // receipt is assumed from sending
    int travel_days;          // of which so many for a letter's way
    date relevant;            // latest of receipt and what the law lets the vendor wait for
    const char *relevant_why; // event that made it so, or NULL
    const char *waiting_for;  // event the law lets the vendor wait for, or NULL: the clock stands still
    date waiting_since;
    int pause_days;           // on which clarification was awaited, where the law takes those out
    date identity_asked, identity_given; // the newest, for laws that only mention it
    date lapsed_on;           // a fee was not confirmed by then, and the law takes that for a withdrawal; DATE_NONE
    bool ended;               // closed, withdrawn or abandoned, and not reopened
    date ended_on;
};

// False, with a sentence, when there is nothing to count from.
bool facts_gather(const struct clock_question *question, struct facts *facts, struct error *error);

// The first / last event of that name, or DATE_NONE.
date facts_first(const struct clock_question *question, const char *event);
date facts_last(const struct clock_question *question, const char *event);

#endif
