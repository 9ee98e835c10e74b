// SPDX-License-Identifier: GPL-3.0-or-later
#include "request/reminder_plan.h"

#include <string.h>

#include "law/words.h"

const struct reminder_rule *reminder_policy_rule(const struct reminder_policy *policy, const struct clock *clock)
{
    if (clock->party == PARTY_REQUESTER)
        return &policy->requester;
    if (!clock->legal)
        return &policy->courtesy;
    if (strncmp(clock->id, "appeal", 6) == 0)
        return &policy->appeal;
    if (strncmp(clock->id, "complaint", 9) == 0)
        return &policy->complaint;
    return strcmp(clock->id, "ack") == 0 ? &policy->ack : &policy->respond;
}

static void add(struct reminder_plan *plan, const char *clock, const char *kind, date on, int repeat_days, unsigned to)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->list[i].on == on && strcmp(plan->list[i].clock, clock) == 0 && strcmp(plan->list[i].kind, kind) == 0)
            return;
    if (plan->count < PLAN_MAXIMUM)
        plan->list[plan->count++] = (struct planned_reminder){clock, kind, on, repeat_days, to};
}

// Before the date: those still to come, and of those already past only the nearest to the date while it has not come.
static void plan_before(const struct clock *clock, const struct reminder_rule *rule, date today,
                        struct reminder_plan *plan)
{
    const char *kind = clock->party == PARTY_REQUESTER ? "own" : "early";
    date newest = DATE_NONE;
    for (size_t i = 0; i < rule->before_count; i++) {
        date on = clock->earliest - rule->before[i];
        if (on > today)
            add(plan, clock->id, kind, on, 0, rule->to);
        else if (today <= clock->latest && on > newest)
            newest = on;
    }
    if (newest != DATE_NONE)
        add(plan, clock->id, kind, newest, 0, rule->to);
}

// After the date: each offset still to come; of the past ones, repeats included, the newest.
static void plan_after(const struct clock *clock, const struct reminder_rule *rule, date today,
                       struct reminder_plan *plan)
{
    const char *kind = clock->party == PARTY_REQUESTER ? "own" : "overdue";
    date newest = DATE_NONE, last = DATE_NONE;
    for (size_t i = 0; i < rule->after_count; i++) {
        date on = clock->latest + rule->after[i];
        if (on > last)
            last = on;
        if (on <= today && on > newest)
            newest = on;
    }
    if (last == DATE_NONE)
        return;
    for (size_t i = 0; i < rule->after_count; i++) {
        date on = clock->latest + rule->after[i];
        if (on > today)
            add(plan, clock->id, kind, on, on == last ? rule->repeat_days : 0, rule->to);
    }
    if (rule->repeat_days > 0 && last <= today) {
        int passed = (today - last) / rule->repeat_days;
        newest = last + passed * rule->repeat_days;
        add(plan, clock->id, kind, newest + rule->repeat_days, rule->repeat_days, rule->to);
    }
    if (newest != DATE_NONE)
        add(plan, clock->id, kind, newest, 0, rule->to);
}

// The clock a wish such as "3 days before" is about: the running one of the vendor that ends first.
static const struct clock *next_due(const struct clock_answer *answer)
{
    const struct clock *next = NULL;
    for (size_t i = 0; i < answer->clock_count; i++) {
        const struct clock *clock = &answer->clocks[i];
        if (clock->state == CLOCK_RUNNING && clock->party == PARTY_VENDOR && clock->due != DATE_NONE &&
            strcmp(clock->id, "ack") != 0 && !clock_is_shown_only(clock->id) && (next == NULL || clock->due < next->due))
            next = clock;
    }
    return next;
}

date reminder_plan_next_due(const struct clock_answer *answer)
{
    const struct clock *clock = next_due(answer);
    return clock != NULL ? clock->due : DATE_NONE;
}

// A day that has gone by stays in the plan while the vendor's has not: what waits for a working day is not lost by a note that is logged on a
// Sunday. What was not planned before that day is not taken up any more (dsr.reminders_replace).
static void plan_wanted(const struct clock_answer *answer, const struct wanted_reminder *wanted, date today,
                        struct reminder_plan *plan)
{
    const struct clock *clock = next_due(answer);
    if (wanted->on != DATE_NONE)
        add(plan, "", "wanted", wanted->on, 0, TO_FILER);
    else if (clock != NULL && today <= clock->latest)
        add(plan, clock->id, "wanted", clock->due - wanted->days_before, 0, TO_FILER);
}

void reminder_plan_make(const struct clock_answer *answer, const struct reminder_policy *policy,
                        const struct wanted_reminder *wanted, size_t wanted_count, bool open, date today,
                        struct reminder_plan *plan)
{
    plan->count = 0;
    for (size_t i = 0; i < wanted_count; i++)
        plan_wanted(answer, &wanted[i], today, plan);
    for (size_t i = 0; i < answer->clock_count; i++) {
        const struct clock *clock = &answer->clocks[i];
        if (clock->state != CLOCK_RUNNING || clock->due == DATE_NONE || clock_is_shown_only(clock->id))
            continue;
        const struct reminder_rule *rule = reminder_policy_rule(policy, clock);
        if (!open && clock->party != PARTY_REQUESTER)
            continue;
        plan_before(clock, rule, today, plan);
        plan_after(clock, rule, today, plan);
    }
}
