// SPDX-License-Identifier: GPL-3.0-or-later
// Which reminders a request's clocks ask for, by the policy in dsrd.conf. Pure.
#ifndef REQUEST_REMINDER_PLAN_H
#define REQUEST_REMINDER_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "law/clock.h"
#include "shared/date.h"

enum { OFFSETS_MAXIMUM = 8 };

enum reminder_recipient { TO_FILER = 1, TO_SUBJECT = 2, TO_MANAGER = 4 }; // bits

// For one kind of clock: days before `earliest`, days after `latest`, then every repeat_days while overdue.
struct reminder_rule {
    int before[OFFSETS_MAXIMUM];
    size_t before_count;
    int after[OFFSETS_MAXIMUM];
    size_t after_count;
    int repeat_days; // 0 = never
    unsigned to;     // enum reminder_recipient bits
};

struct reminder_policy { // the kinds of clock as in dsrd.conf: reminders.ack, .respond, ...
    struct reminder_rule ack, respond, appeal, complaint, courtesy, requester;
};
const struct reminder_rule *reminder_policy_rule(const struct reminder_policy *policy, const struct clock *clock);

// What the person asked for this one request (`--remind`): a fixed date, or days before the next due date.
struct wanted_reminder {
    date on;         // DATE_NONE when `days_before` counts
    int days_before;
};

struct planned_reminder {
    const char *clock;  // clock id, "" for a wanted fixed date
    const char *kind;   // early, overdue, own, wanted
    date on;            // civil day in the library's zone
    int repeat_days;    // the next one follows so many days later, while nothing has changed
    unsigned to;
};

enum { PLAN_MAXIMUM = 64 };
struct reminder_plan {
    struct planned_reminder list[PLAN_MAXIMUM];
    size_t count;
};

// Past occurrences are not replayed one by one: only the newest one that lies on or before today is kept (the database
// ignores it if it was already sent), and then the next one. `open` false gives requester-side and wanted ones only.
void reminder_plan_make(const struct clock_answer *answer, const struct reminder_policy *policy,
                        const struct wanted_reminder *wanted, size_t wanted_count, bool open, date today,
                        struct reminder_plan *plan);

// The day that "3 days before" counts from, or DATE_NONE when no vendor's clock runs.
date reminder_plan_next_due(const struct clock_answer *answer);

#endif
