// SPDX-License-Identifier: GPL-3.0-or-later
// Which laws may help a person who lives somewhere to a right against a vendor, and what speaks against each. Pure. It is guidance:
// a law that perhaps applies is in the answer with its doubts, never left out.
#ifndef LAW_ADVICE_H
#define LAW_ADVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "law/catalogue.h"
#include "shared/date.h"
#include "shared/error.h"

// The vendor, as its document has it.
struct advice_establishment {
    const char *country, *name; // "US-CA", "LinkedIn Corporation"; name may be NULL
    const char *const *laws;    // for which it answers; none: it is the default
    size_t law_count;
};

// A right that the vendor gives of its own accord.
struct advice_extension {
    const char *people, *source, *date_seen;
    int days; // its own figure; 0: none
};

struct advice_question {
    const struct catalogue *catalogue;
    const char *residence; // good for place_check()
    const char *right;     // one of right_words
    date on;               // the day on which the request would be made
    const char *vendor;    // its name
    bool nonprofit, processor;
    const struct advice_establishment *establishments;
    size_t establishment_count;
    const struct advice_extension *extensions; // those of the asked right
    size_t extension_count;
};

enum advice_strength {
    ADVICE_LIKELY,   // nothing known speaks against it
    ADVICE_POSSIBLE, // it depends on something that is not known here, such as how many people's data the vendor holds
    ADVICE_DOUBTFUL, // something that is known of the vendor or the law speaks against it
    ADVICE_LATER,    // it does not give the right yet on that day
    ADVICE_POLICY,   // no law: what the vendor's own policy gives
};
const char *advice_strength_name(enum advice_strength strength); // "doubtful"

enum advice_weight {
    ADVICE_AGAINST, // makes it doubtful
    ADVICE_DEPENDS, // makes it possible only
    ADVICE_NOTE,    // good to know
};
const char *advice_weight_name(enum advice_weight weight); // "against"

struct advice_reason {
    const char *word; // kind, reach, abroad, nonprofit, thresholds, processor, coverage, policy, agent
    enum advice_weight weight;
    char *text;       // a sentence
    const char *cite; // may be NULL
};

// Strings without `char *` of their own belong to the catalogue or to the question.
struct advice_row {
    const struct law *law;
    enum advice_strength strength;
    const char *cite;       // of the right
    const char *confidence; // of the law as a whole
    const char *who;        // whom it protects
    bool by_residence;      // false: by where the vendor is established
    char *reach;            // "by where the person lives (US-VA)"
    char *clocks;           // "respond 45 days; extension 90 days in all"; may be empty
    int days;               // ADVICE_POLICY: the vendor's own figure; 0: none
    date from;              // ADVICE_LATER: from when, DATE_NONE when that is not known
    struct advice_reason *reasons;
    size_t reason_count; // those against first, notes last
};

struct advice {
    struct advice_row *rows; // strongest first
    size_t row_count;
    const struct law **without; // laws that reach the person and do not give the right, by id
    size_t without_count;
    const struct advice_row *suggested; // under which to ask; NULL when nothing gives the right on that day
};

// Answers the question. False only when memory runs out. The caller owns *advice: advice_release().
bool advice_give(const struct advice_question *question, struct advice *advice, struct error *error);
void advice_release(struct advice *advice);

// The vendor's periods for a right asked for on a day, in words: "ack 10 business days; respond 45 days; extension 90 days in all".
// A figure that is not sure has a ~ before it. The caller frees; NULL when memory ran out.
char *law_periods(const struct law *law, const char *right, date on);

#endif
