// SPDX-License-Identifier: GPL-3.0-or-later
// What the events of a request say, before any date is counted. Pure.
#ifndef LAW_FACTS_H
#define LAW_FACTS_H

#include "law/law.h"

struct facts {
    date sent, received;
    bool assumed;             // receipt is assumed from sending
    int travel_days;          // of which so many for a letter's way, the appeal's too
    date appeal;              // receipt of the appeal, recorded or assumed; DATE_NONE without an appeal
    bool appeal_assumed;
    date relevant;            // latest of receipt and what the law lets the vendor wait for
    const char *relevant_why; // event that made it so, or NULL
    const char *waiting_for;  // event the law lets the vendor wait for, or NULL: the clock stands still
    date waiting_since;
    bool takes_days_out;      // those on which the vendor waited for the answer to a question are not counted
    date question_open;       // where it does: the first question that is not answered; DATE_NONE without
    date identity_asked, identity_given; // the newest, for laws that only mention it
    date lapsed_on;           // a fee was not confirmed by then, and the law takes that for a withdrawal; DATE_NONE
    bool ended;               // closed, withdrawn or abandoned, and not reopened
    date ended_on;
};

// False, with a sentence, when there is nothing to count from.
bool facts_gather(const struct clock_question *question, struct facts *facts, struct error *error);

// Days on which the vendor waited for the answer to its question, both included.
struct awaited {
    date asked; // the question; DATE_NONE: before the first
    date from, to;
};
// Goes on to the next of them in the order of days: after `to`, so that a day which two questions share comes once. False when there are
// no more. Begin with .asked = DATE_NONE and .to on the last day before any counts.
bool facts_next_awaited(const struct clock_question *question, struct awaited *days);

// The first / last event of that name, or DATE_NONE.
date facts_first(const struct clock_question *question, const char *event);
date facts_first_since(const struct clock_question *question, const char *event, date from); // on `from` or later
// Whether the request itself is what that event speaks of, and the event is not recorded: a complaint, or the withdrawal of a consent.
bool facts_is_of_request(const struct clock_question *question, const char *event);
date facts_last(const struct clock_question *question, const char *event);
date facts_first_since(const struct clock_question *question, const char *event, date from); // on `from` or later

#endif
