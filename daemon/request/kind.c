// SPDX-License-Identifier: GPL-3.0-or-later
#include "request/kind.h"

#include <stdio.h>
#include <string.h>

#include "law/catalogue.h"
#include "shared/text.h"

static bool any_is_one_of(const struct law_event *events, size_t count, const char *const *names)
{
    for (size_t i = 0; i < count; i++)
        if (text_is_one_of(events[i].event, names))
            return true;
    return false;
}

// Whether the vendor may still answer without being late: the last day is to come, or its time stands still.
static bool may_still_answer(const struct clock *respond, date on)
{
    return respond != NULL && (respond->state == CLOCK_PAUSED || (respond->state == CLOCK_RUNNING && on <= respond->latest));
}

enum { CLAUSE_SIZE = 80 };

static const char *why_not_yet(const struct clock *respond, char clause[CLAUSE_SIZE])
{
    char day[DATE_TEXT_SIZE];
    if (respond->state == CLOCK_PAUSED)
        snprintf(clause, CLAUSE_SIZE, "the vendor's time stands still, for it waits for something");
    else
        snprintf(clause, CLAUSE_SIZE, "the vendor may answer until %s", date_format(respond->latest, day));
    return clause;
}

static bool check_appeal(struct law_event event, const struct law_event *events, size_t count, const struct clock *respond,
                         struct error *error)
{
    static const char *const grounds[] = {"answered", "refused", "referred", "deemed_refused", "closed", NULL};
    char clause[CLAUSE_SIZE];
    if (any_is_one_of(events, count, grounds) || !may_still_answer(respond, event.on))
        return true;
    return error_set(error, ERROR_conflict, "event",
                     "%s does not fit yet: %s. An appeal follows an answer, a refusal (log that first), or a last day "
                     "that has passed.",
                     event.event, why_not_yet(respond, clause));
}

static bool check_silence(const struct law *law, struct law_event event, const struct clock *respond, struct error *error)
{
    char clause[CLAUSE_SIZE];
    if (!law_silence_refuses(law))
        return error_set(error, ERROR_conflict, "event",
                         "%s does not fit: the %s does not say that silence counts as a refusal. The request is overdue by itself.",
                         event.event, law_short_name(law));
    if (respond != NULL && respond->state == CLOCK_MET)
        return error_set(error, ERROR_conflict, "event",
                         "%s does not fit: the vendor has answered, so there is no silence. If it refused, log refused.", event.event);
    if (!may_still_answer(respond, event.on))
        return true;
    return error_set(error, ERROR_conflict, "event", "%s does not fit yet: %s. Its silence counts as a refusal only when its time is over.",
                     event.event, why_not_yet(respond, clause));
}

static bool check_complaint(const char *right, struct law_event event, const struct law_event *events, size_t count, struct error *error)
{
    static const char *const complaints[] = {"complaint_sent", "complaint_received", "grievance_received", NULL};
    if (strcmp(right, "complaint") == 0 || any_is_one_of(events, count, complaints))
        return true;
    return error_set(error, ERROR_conflict, "event",
                     "%s needs complaint_sent, complaint_received or grievance_received first: log that, then this.", event.event);
}

bool kind_check(const struct law *law, const char *right, struct law_event event, const struct law_event *events, size_t event_count,
                const struct clock_answer *answer, struct error *error)
{
    static const char *const appeals[] = {"appeal_sent", "appeal_received", NULL};
    const struct clock *respond = clock_answer_find(answer, "respond");
    if (text_is_one_of(event.event, appeals))
        return check_appeal(event, events, event_count, respond, error);
    if (strcmp(event.event, "deemed_refused") == 0)
        return check_silence(law, event, respond, error);
    if (strcmp(event.event, "complaint_answered") == 0)
        return check_complaint(right, event, events, event_count, error);
    if (strncmp(event.event, "drop_", 5) == 0 && strcmp(right, "deletion") != 0 && strcmp(right, "opt_out") != 0)
        return error_set(error, ERROR_conflict, "event",
                         "%s belongs to the state's deletion platform, which takes deletion and opt_out, not %s.", event.event, right);
    return true;
}
