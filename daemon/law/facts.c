// SPDX-License-Identifier: GPL-3.0-or-later
#include "law/facts.h"

#include <string.h>

date facts_first(const struct clock_question *question, const char *event)
{
    date first = DATE_NONE;
    for (size_t i = 0; i < question->event_count; i++)
        if (strcmp(question->events[i].event, event) == 0 && (first == DATE_NONE || question->events[i].on < first))
            first = question->events[i].on;
    return first;
}

date facts_last(const struct clock_question *question, const char *event)
{
    date last = DATE_NONE;
    for (size_t i = 0; i < question->event_count; i++)
        if (strcmp(question->events[i].event, event) == 0 && (last == DATE_NONE || question->events[i].on > last))
            last = question->events[i].on;
    return last;
}

static bool gather_receipt(const struct clock_question *question, struct facts *facts, struct error *error)
{
    facts->sent = facts_first(question, "sent");
    facts->received = facts_first(question, "received");
    if (facts->received == DATE_NONE && strcmp(question->right, "complaint") == 0)
        facts->received = facts_first(question, "complaint_received");
    if (facts->received != DATE_NONE)
        return true;
    if (facts->sent == DATE_NONE)
        return error_set(error, ERROR_invalid, "events", "Nothing to count from: the request was neither sent nor received.");
    facts->assumed = true;
    facts->travel_days = question->channel == CHANNEL_LETTER ? question->letter_days : 0;
    facts->received = facts->sent + facts->travel_days;
    return true;
}

// Whether `asked` is still unanswered: the newest question is younger than the newest answer.
static bool is_pending(date asked, date answered)
{
    return asked != DATE_NONE && (answered == DATE_NONE || answered < asked);
}

static void wait_for(struct facts *facts, const struct clock_question *question, const char *asked_event,
                     const char *given_event)
{
    date asked = facts_last(question, asked_event);
    date given = facts_last(question, given_event);
    if (is_pending(asked, given)) {
        facts->waiting_for = given_event;
        facts->waiting_since = asked;
    } else if (given != DATE_NONE && given > facts->relevant) {
        facts->relevant = given;
        facts->relevant_why = given_event;
    }
}

// The first event of that name on `from` or later, or DATE_NONE.
static date first_since(const struct clock_question *question, const char *event, date from)
{
    date first = DATE_NONE;
    for (size_t i = 0; i < question->event_count; i++) {
        const struct law_event *found = &question->events[i];
        if (strcmp(found->event, event) == 0 && found->on >= from && (first == DATE_NONE || found->on < first))
            first = found->on;
    }
    return first;
}

// The days from each question to its answer, both included. A day that two questions share is taken out once, and one before the
// period began is not in it. Works by date: events may be recorded in any order.
static void gather_pauses(const struct clock_question *question, struct facts *facts)
{
    date free_from = facts->relevant; // the first day not yet taken out
    date asked = facts_first(question, "clarification_requested");
    while (asked != DATE_NONE) {
        date answered = first_since(question, "clarification_provided", asked);
        if (answered == DATE_NONE) {
            facts->waiting_for = "clarification_provided";
            facts->waiting_since = asked;
            return;
        }
        date from = asked > free_from ? asked : free_from;
        if (answered >= from) {
            facts->pause_days += answered - from + 1;
            free_from = answered + 1;
        }
        asked = first_since(question, "clarification_requested", asked + 1);
    }
}

// DSV art. 19(3): a cost share that is not confirmed within the days for thinking it over withdraws the request; confirmed,
// the time starts when those days are over.
static void gather_reflection(const struct clock_question *question, struct facts *facts)
{
    date asked = facts_last(question, "fee_requested");
    date confirmed = facts_last(question, "fee_confirmed");
    date today = facts_last(question, "today");
    if (asked == DATE_NONE)
        return;
    date ends = asked + question->law->fee_days;
    if (!is_pending(asked, confirmed)) {
        if (ends > facts->relevant) {
            facts->relevant = ends;
            facts->relevant_why = "fee_confirmed";
        }
    } else if (today != DATE_NONE && today > ends) {
        facts->lapsed_on = ends;
    } else {
        facts->waiting_for = "fee_confirmed";
        facts->waiting_since = asked;
    }
}

static void gather_end(const struct clock_question *question, struct facts *facts)
{
    for (size_t i = 0; i < question->event_count; i++) {
        const char *event = question->events[i].event;
        if (strcmp(event, "closed") == 0 || strcmp(event, "withdrawn") == 0 || strcmp(event, "abandoned") == 0) {
            facts->ended = true;
            facts->ended_on = question->events[i].on;
        } else if (strcmp(event, "reopened") == 0 || strcmp(event, "appeal_sent") == 0 || strcmp(event, "appeal_received") == 0) {
            facts->ended = false;
        }
    }
}

bool facts_gather(const struct clock_question *question, struct facts *facts, struct error *error)
{
    const struct law *law = question->law;
    *facts = (struct facts){.sent = DATE_NONE, .received = DATE_NONE, .waiting_since = DATE_NONE, .ended_on = DATE_NONE,
                             .lapsed_on = DATE_NONE};
    if (!gather_receipt(question, facts, error))
        return false;
    facts->relevant = facts->received;
    facts->identity_asked = facts_last(question, "identity_requested");
    facts->identity_given = facts_last(question, "identity_provided");
    if (law->identity == IDENTITY_RESETS)
        wait_for(facts, question, "identity_requested", "identity_provided");
    if (law->fee == FEE_RESETS)
        wait_for(facts, question, "fee_requested", "fee_paid");
    int right = right_index(question->right);
    if (law->fee == FEE_REFLECTION && (law->fee_rights & (1u << right)) != 0)
        gather_reflection(question, facts);
    if (law->clarification == PAUSE_DAYS_OUT && (law->clarification_rights & (1u << right)) != 0)
        gather_pauses(question, facts);
    gather_end(question, facts);
    return true;
}
