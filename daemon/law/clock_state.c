// SPDX-License-Identifier: GPL-3.0-or-later
#include "law/clock_state.h"

#include <string.h>

#include "law/steps.h"

bool clock_counts_from_receipt(const struct law_clock *rule)
{
    return strcmp(rule->from, "relevant_time") == 0 || strcmp(rule->from, "received") == 0;
}

// Under a law whose time begins with authentication, nothing runs before it.
static bool waits_for_authentication(const struct clock_work *work, const struct law_clock *rule)
{
    return work->question->law->identity == IDENTITY_STARTS && strcmp(rule->from, "authenticated") == 0 &&
           facts_first(work->question, "authenticated") == DATE_NONE;
}

bool clock_waits(const struct clock_work *work, const struct law_clock *rule)
{
    return rule->party == PARTY_VENDOR &&
           (waits_for_authentication(work, rule) || (work->facts.waiting_for != NULL && clock_counts_from_receipt(rule)));
}

// Whether a question is open that was asked while the time ran. One asked after the last day stops nothing.
static bool waits_for_answer(const struct clock_work *work, const struct law_clock *rule, const struct clock *clock)
{
    date asked = work->facts.question_open;
    return rule->party == PARTY_VENDOR && clock_counts_from_receipt(rule) && asked != DATE_NONE && asked <= clock->latest;
}

static bool has_lapsed(const struct clock_work *work, const struct law_clock *rule)
{
    return work->facts.lapsed_on != DATE_NONE && clock_counts_from_receipt(rule);
}

static void explain_waiting(struct clock_work *work, struct clock *clock, const struct law_clock *rule, bool for_answer)
{
    char text[DATE_TEXT_SIZE];
    const struct law *law = work->question->law;
    const struct facts *facts = &work->facts;
    if (waits_for_authentication(work, rule)) {
        step_add(clock, &work->failed, "pause", law->identity_cite, DATE_NONE,
                 "The time begins when the vendor has made sure who is asking (authenticated): until then there is no last day.");
        return;
    }
    const char *what = for_answer ? "clarification_provided" : facts->waiting_for;
    const char *cite = for_answer ? law->clarification_cite : strncmp(what, "fee_", 4) == 0 ? law->fee_cite : law->identity_cite;
    date since = for_answer ? facts->question_open : facts->waiting_since;
    step_add(clock, &work->failed, "pause", cite, since,
             "The vendor asked on %s and may wait for the answer (%s): until then there is no last day.",
             date_format_long(since, text), what);
}

static date first_of(const struct clock_question *question, const char *const *events, date since)
{
    date first = DATE_NONE;
    for (size_t i = 0; events[i] != NULL; i++) {
        date on = since == DATE_NONE ? facts_first(question, events[i]) : facts_first_since(question, events[i], since);
        if (on != DATE_NONE && (first == DATE_NONE || on < first))
            first = on;
    }
    return first;
}

static bool is_complaint(const struct clock_work *work)
{
    return strcmp(work->question->right, "complaint") == 0;
}

// An answer to the request answers nothing that came after it, such as a later withdrawal of consent or grievance. Days on which the
// request or the appeal came to the vendor may be assumed, and the one on which it made sure who asks be late in the record; and
// what the person does itself is not measured by what came first, unless the request is the complaint: one sent before a refusal is
// none about it.
static bool counts_whenever_it_came(const struct clock_work *work, const struct law_clock *rule)
{
    static const char *const beginnings[] = {"received", "relevant_time", "authenticated", "appeal_received", NULL};
    if (rule->party == PARTY_REQUESTER)
        return !is_complaint(work);
    // A request that is itself a complaint or a withdrawal came to the vendor on a day that may be assumed.
    return word_is_in(rule->from, beginnings) || facts_is_of_request(work->question, rule->from);
}

// What meets a clock when its law file does not say: any full answer meets the acknowledgement too.
static date met_on(const struct clock_work *work, const struct law_clock *rule, date day_0)
{
    static const char *const answers[] = {"answered", "refused", "referred", "outcome", NULL};
    static const char *const acknowledgements[] = {"acknowledged", "answered", "refused", "referred", "outcome", NULL};
    static const char *const appeals[] = {"appeal_answered", NULL};
    static const char *const complaints[] = {"acknowledged", "complaint_answered", "answered", "refused", NULL};
    static const char *const grievances[] = {"complaint_answered", NULL};
    static const char *const own[] = {"complaint_sent", "appeal_sent", NULL};
    static const char *const own_complaint[] = {"sent", "complaint_sent", NULL}; // the request is the complaint
    const char *const *events = answers;
    if (rule->met_by != NULL)
        events = (const char *const *)rule->met_by;
    else if (rule->party == PARTY_REQUESTER)
        events = is_complaint(work) ? own_complaint : own;
    else if (strcmp(rule->id, "ack") == 0)
        events = acknowledgements;
    else if (strncmp(rule->id, "appeal", 6) == 0)
        events = appeals;
    else if (strncmp(rule->id, "complaint", 9) == 0)
        events = complaints;
    else if (strncmp(rule->id, "grievance", 9) == 0)
        events = grievances;
    return first_of(work->question, events, counts_whenever_it_came(work, rule) ? DATE_NONE : day_0);
}

void clock_settle(struct clock_work *work, struct clock *clock, const struct law_clock *rule, date day_0)
{
    char text[DATE_TEXT_SIZE];
    date met = met_on(work, rule, day_0);
    bool for_answer = waits_for_answer(work, rule, clock), waits = for_answer || clock_waits(work, rule), lapsed = has_lapsed(work, rule);
    if (waits)
        explain_waiting(work, clock, rule, for_answer);
    if (waits || lapsed) // it has no last day, however it ends
        clock->due = clock->earliest = clock->latest = clock->raw = clock->extended = DATE_NONE;
    if (met != DATE_NONE) {
        clock->state = CLOCK_MET;
        step_add(clock, &work->failed, "met", "", met, "Done on %s%s.", date_format_long(met, text),
                 clock->latest != DATE_NONE && met > clock->latest ? ", late" : "");
    } else if (work->facts.ended && rule->party == PARTY_VENDOR) { // the person may still appeal or complain
        clock->state = CLOCK_VOID;
        step_add(clock, &work->failed, "void", "", work->facts.ended_on, "The request ended on %s; nothing runs any more.",
                 date_format_long(work->facts.ended_on, text));
    } else if (lapsed) {
        clock->state = CLOCK_VOID;
        step_add(clock, &work->failed, "void", work->question->law->fee_cite, work->facts.lapsed_on,
                 "The fee was not confirmed by %s: the request counts as withdrawn.",
                 date_format_long(work->facts.lapsed_on, text));
    } else if (waits) {
        clock->state = CLOCK_PAUSED;
    }
}
