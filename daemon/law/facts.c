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

bool facts_is_of_request(const struct clock_question *question, const char *event)
{
    bool itself = (strcmp(event, "complaint_received") == 0 && strcmp(question->right, "complaint") == 0) ||
                  (strcmp(event, "revocation_received") == 0 && strcmp(question->right, "restrict_object") == 0);
    return itself && facts_first(question, event) == DATE_NONE;
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
    facts->received = facts->sent + facts->travel_days;
    return true;
}

// An appeal goes the way of the request: when its receipt is not recorded, it is assumed as that of the request is.
static void gather_appeal(const struct clock_question *question, struct facts *facts)
{
    date sent = facts_first(question, "appeal_sent");
    facts->appeal = facts_first(question, "appeal_received");
    facts->appeal_assumed = facts->appeal == DATE_NONE && sent != DATE_NONE;
    if (facts->appeal_assumed)
        facts->appeal = sent + facts->travel_days;
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

date facts_first_since(const struct clock_question *question, const char *event, date from)
{
    date first = DATE_NONE;
    for (size_t i = 0; i < question->event_count; i++) {
        const struct law_event *found = &question->events[i];
        if (strcmp(found->event, event) == 0 && found->on >= from && (first == DATE_NONE || found->on < first))
            first = found->on;
    }
    return first;
}

// Works by date: events may be recorded in any order.
bool facts_next_awaited(const struct clock_question *question, struct awaited *days)
{
    date free_from = days->to + 1; // the first day not yet taken out
    for (;;) {
        days->asked = days->asked == DATE_NONE ? facts_first(question, "clarification_requested")
                                               : facts_first_since(question, "clarification_requested", days->asked + 1);
        date answered = days->asked == DATE_NONE ? DATE_NONE : facts_first_since(question, "clarification_provided", days->asked);
        if (answered == DATE_NONE)
            return false;
        if (answered >= free_from) {
            days->from = days->asked > free_from ? days->asked : free_from;
            days->to = answered;
            return true;
        }
    }
}

static void gather_open_question(const struct clock_question *question, struct facts *facts)
{
    date answered = facts_last(question, "clarification_provided");
    facts->takes_days_out = true;
    facts->question_open = answered == DATE_NONE ? facts_first(question, "clarification_requested")
                                                 : facts_first_since(question, "clarification_requested", answered + 1);
}

// DSV art. 19(3): a cost share that is not confirmed within the days for thinking it over withdraws the request; confirmed,
// the time starts when those days are over. A later confirmation revives nothing.
static void gather_reflection(const struct clock_question *question, struct facts *facts)
{
    date asked = facts_last(question, "fee_requested");
    date confirmed = facts_last(question, "fee_confirmed");
    date today = facts_last(question, "today");
    if (asked == DATE_NONE)
        return;
    date ends = asked + question->law->fee_days;
    if (!is_pending(asked, confirmed) && confirmed <= ends) {
        if (ends > facts->relevant) {
            facts->relevant = ends;
            facts->relevant_why = "fee_confirmed";
        }
    } else if (!is_pending(asked, confirmed) || (today != DATE_NONE && today > ends)) {
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
                             .lapsed_on = DATE_NONE, .question_open = DATE_NONE,
                             .travel_days = question->channel == CHANNEL_LETTER ? question->letter_days : 0};
    if (!gather_receipt(question, facts, error))
        return false;
    gather_appeal(question, facts);
    facts->relevant = facts->received;
    facts->identity_asked = facts_last(question, "identity_requested");
    facts->identity_given = facts_last(question, "identity_provided");
    if (law->identity == IDENTITY_RESETS)
        wait_for(facts, question, "identity_requested", "identity_provided");
    int right = right_index(question->right);
    if (law->fee == FEE_RESETS && (law->fee_rights & (1u << right)) != 0)
        wait_for(facts, question, "fee_requested", "fee_paid");
    if (law->fee == FEE_REFLECTION && (law->fee_rights & (1u << right)) != 0)
        gather_reflection(question, facts);
    if (law->clarification == PAUSE_DAYS_OUT && (law->clarification_rights & (1u << right)) != 0)
        gather_open_question(question, facts);
    gather_end(question, facts);
    return true;
}
