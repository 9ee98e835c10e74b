// SPDX-License-Identifier: GPL-3.0-or-later
// What the parts of the clock engine share while one question is answered. Inside law/ only.
#ifndef LAW_CLOCK_WORK_H
#define LAW_CLOCK_WORK_H

#include "law/clock.h"
#include "law/facts.h"
#include "law/law.h"

struct clock_work {
    const struct catalogue *catalogue;
    const struct clock_question *question;
    struct facts facts;
    struct clock_answer *answer;
    struct error *error;
    bool failed; // no memory
};

#endif
