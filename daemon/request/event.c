// SPDX-License-Identifier: GPL-3.0-or-later
#include "request/event.h"

#include <string.h>

#include "shared/text.h"

enum {
    IN_DRAFT = 1u << REQUEST_DRAFT,
    IN_OPEN = 1u << REQUEST_OPEN,
    IN_CLOSED = 1u << REQUEST_CLOSED,
};

enum { NEAR_MAXIMUM = 4 }; // farther is no misspelling

#define STAYS .keeps_state = true
#define AFTER(...) {__VA_ARGS__, NULL}

// Names are those of the law files where they have one. A complaint may follow a closed request; an appeal opens it again, for the vendor
// has to answer once more and its time runs.
const struct event_kind event_kinds[] = {
    {"sent", BY_FILER, IN_DRAFT, {NULL}, true, REQUEST_OPEN, .logged_by_person = true, .text = "the request was sent"},
    {"received", BY_VENDOR, IN_OPEN, {NULL}, true, STAYS, .logged_by_person = true,
     .text = "the vendor received the request"},
    {"acknowledged", BY_VENDOR, IN_OPEN, {NULL}, true, STAYS, .logged_by_person = true,
     .text = "the vendor confirmed that it has the request"},
    {"identity_requested", BY_VENDOR, IN_OPEN, {NULL}, false, STAYS, .logged_by_person = true,
     .text = "the vendor asked for proof of identity"},
    {"identity_provided", BY_FILER, IN_OPEN, AFTER("identity_requested"), false, STAYS, .logged_by_person = true,
     .text = "proof of identity was given"},
    {"authenticated", BY_VENDOR, IN_OPEN, {NULL}, true, STAYS, .logged_by_person = true,
     .text = "the vendor accepted the proof of identity"},
    {"fee_requested", BY_VENDOR, IN_OPEN, {NULL}, false, STAYS, .logged_by_person = true,
     .text = "the vendor asked for a fee"},
    {"fee_paid", BY_FILER, IN_OPEN, AFTER("fee_requested"), false, STAYS, .logged_by_person = true,
     .text = "the fee was paid"},
    {"fee_confirmed", BY_FILER, IN_OPEN, AFTER("fee_requested"), false, STAYS, .logged_by_person = true,
     .text = "the fee was agreed to"},
    {"clarification_requested", BY_VENDOR, IN_OPEN, {NULL}, false, STAYS, .logged_by_person = true,
     .text = "the vendor asked what is meant"},
    {"clarification_provided", BY_FILER, IN_OPEN, AFTER("clarification_requested"), false, STAYS,
     .logged_by_person = true, .text = "the vendor's question was answered"},
    {"extension_notice", BY_VENDOR, IN_OPEN, {NULL}, false, STAYS, .logged_by_person = true,
     .text = "the vendor told that it needs more time"},
    {"extension_until", BY_VENDOR, IN_OPEN, AFTER("extension_notice"), true, STAYS, .logged_by_person = true, .may_be_future = true,
     .text = "the day the vendor named for its late answer"},
    {"answered", BY_VENDOR, IN_OPEN, {NULL}, true, STAYS, .once_again = true, .logged_by_person = true,
     .text = "the vendor answered"},
    {"refused", BY_VENDOR, IN_OPEN, {NULL}, true, STAYS, .once_again = true, .logged_by_person = true, .text = "the vendor refused"},
    {"deemed_refused", BY_FILER, IN_OPEN, {NULL}, true, STAYS, .once_again = true, .logged_by_person = true,
     .text = "the vendor's silence counts as a refusal"},
    {"referred", BY_VENDOR, IN_OPEN, {NULL}, true, STAYS, .once_again = true, .logged_by_person = true,
     .text = "the vendor referred the person to the library or another controller"},
    {"appeal_sent", BY_FILER, IN_OPEN | IN_CLOSED, {NULL}, true, REQUEST_OPEN, .logged_by_person = true,
     .text = "an appeal was sent to the vendor"},
    {"appeal_received", BY_VENDOR, IN_OPEN | IN_CLOSED, {NULL}, true, REQUEST_OPEN, .logged_by_person = true,
     .text = "the vendor received the appeal"},
    {"appeal_answered", BY_VENDOR, IN_OPEN | IN_CLOSED, AFTER("appeal_sent", "appeal_received"), true, STAYS, .logged_by_person = true,
     .text = "the vendor answered the appeal"},
    {"complaint_sent", BY_FILER, IN_OPEN | IN_CLOSED, {NULL}, true, STAYS, .logged_by_person = true,
     .text = "a complaint was sent"},
    {"complaint_received", BY_VENDOR, IN_OPEN | IN_CLOSED, {NULL}, true, STAYS, .logged_by_person = true,
     .text = "the vendor received the complaint"},
    {"complaint_answered", BY_VENDOR, IN_OPEN | IN_CLOSED, {NULL}, true, STAYS, .logged_by_person = true,
     .text = "the complaint was answered"},
    {"revocation_received", BY_VENDOR, IN_OPEN, {NULL}, true, STAYS, .logged_by_person = true,
     .text = "the vendor received the withdrawal of consent"},
    {"grievance_received", BY_VENDOR, IN_OPEN | IN_CLOSED, {NULL}, true, STAYS, .logged_by_person = true,
     .text = "the vendor received the grievance"},
    {"outcome", BY_VENDOR, IN_OPEN, {NULL}, true, STAYS, .once_again = true, .logged_by_person = true,
     .text = "the vendor decided what to do"},
    {"drop_submitted", BY_FILER, IN_OPEN, {NULL}, true, STAYS, .logged_by_person = true,
     .text = "the request was entered on the state's deletion platform"},
    {"drop_retrieved", BY_VENDOR, IN_OPEN, {NULL}, true, STAYS, .logged_by_person = true,
     .text = "the vendor fetched the request from the platform"},
    {"drop_deleted", BY_VENDOR, IN_OPEN | IN_CLOSED, {NULL}, false, STAYS, .logged_by_person = true,
     .text = "the vendor reported the deletion on the platform"},
    {"no_longer_needed", BY_VENDOR, IN_OPEN | IN_CLOSED, {NULL}, true, STAYS, .logged_by_person = true, .before_sent = true,
     .text = "the vendor no longer needs the data"},
    {"violation", BY_VENDOR, IN_OPEN | IN_CLOSED, {NULL}, true, STAYS, .logged_by_person = true, .before_sent = true,
     .text = "the law was broken"},
    {"act_or_discovery", BY_VENDOR, IN_OPEN | IN_CLOSED, {NULL}, true, STAYS, .logged_by_person = true, .before_sent = true,
     .text = "the act, or the day it was discovered"},
    {"known", BY_FILER, IN_OPEN | IN_CLOSED, {NULL}, true, STAYS, .logged_by_person = true, .before_sent = true,
     .text = "the person learned of it"},
    {"last_contact", BY_VENDOR, IN_OPEN | IN_CLOSED, {NULL}, false, STAYS, .logged_by_person = true,
     .text = "the last contact with the vendor about it"},
    {"withdrawn", BY_FILER, IN_OPEN, {NULL}, true, REQUEST_CLOSED, .once_again = true, .logged_by_person = true,
     .text = "the person withdrew the request"},
    {"abandoned", BY_FILER, IN_DRAFT | IN_OPEN, {NULL}, false, REQUEST_CLOSED, .text = "the request was given up"},
    {"closed", BY_FILER, IN_OPEN, {NULL}, false, REQUEST_CLOSED, .text = "the request was closed"},
    {"reopened", BY_FILER, IN_CLOSED, AFTER("closed", "withdrawn", "abandoned"), false, REQUEST_OPEN, .text = "the request was opened again"},
    {"amended", BY_SYSTEM, IN_DRAFT | IN_OPEN | IN_CLOSED, {NULL}, false, STAYS, .text = "the record was corrected"},
    {"law_changed", BY_SYSTEM, IN_OPEN, {NULL}, false, STAYS, .text = "the law changed, and dates with it"},
    {"note", BY_FILER, IN_DRAFT | IN_OPEN | IN_CLOSED, {NULL}, false, STAYS, .logged_by_person = true,
     .text = "a note"},
};
const size_t event_kind_count = sizeof event_kinds / sizeof event_kinds[0];

static const char *const state_names[] = {"draft", "open", "closed"};

const char *request_state_name(enum request_state state)
{
    return state_names[state];
}

bool request_state_parse(const char *name, enum request_state *state)
{
    for (unsigned i = 0; i < sizeof state_names / sizeof state_names[0]; i++)
        if (strcmp(state_names[i], name) == 0) {
            *state = (enum request_state)i;
            return true;
        }
    return false;
}

const struct event_kind *event_kind_find(const char *name)
{
    for (size_t i = 0; i < event_kind_count; i++)
        if (strcmp(event_kinds[i].name, name) == 0)
            return &event_kinds[i];
    return NULL;
}

void event_list_known(const char *name, struct text *out)
{
    const char *near = NULL;
    unsigned best = NEAR_MAXIMUM;
    for (size_t i = 0; i < event_kind_count; i++)
        if (event_kinds[i].logged_by_person && text_distance(event_kinds[i].name, name) < best) {
            best = text_distance(event_kinds[i].name, name);
            near = event_kinds[i].name;
        }
    if (near != NULL)
        text_format(out, "Did you mean %s? ", near);
    text_append(out, "Known are: ");
    const char *before = "";
    for (size_t i = 0; i < event_kind_count; i++)
        if (event_kinds[i].logged_by_person) {
            text_format(out, "%s%s", before, event_kinds[i].name);
            before = ", ";
        }
}

static const struct past_event *find(const struct past_event *past, size_t count, const char *event)
{
    for (size_t i = count; i > 0; i--)
        if (strcmp(past[i - 1].event, event) == 0)
            return &past[i - 1];
    return NULL;
}

bool event_rests_on(const struct event_kind *kind, const char *event)
{
    return text_is_one_of(event, kind->needs);
}

// What `kind` comes after: the last closing of what is opened again, the first question of what is answered.
static const struct past_event *find_needed(const struct event_kind *kind, const struct past_event *past, size_t count)
{
    const struct past_event *found = NULL;
    for (size_t i = 0; i < count; i++)
        if (text_is_one_of(past[i].event, kind->needs) && (found == NULL || !kind->keeps_state || past[i].on < found->on))
            found = &past[i];
    return found;
}

// `on`, or the day of what is not to come after it, when that day is no later than today.
static date not_before(const struct past_event *earlier, date on, date today)
{
    return earlier != NULL && earlier->on > on && earlier->on <= today ? earlier->on : on;
}

date event_day(const struct event_kind *kind, const struct past_event *past, size_t past_count, date on, date here, date today)
{
    if (on > today)
        return on <= here ? today : on;
    if (on != here)
        return on;
    on = not_before(kind->before_sent ? NULL : find(past, past_count, "sent"), on, today);
    return not_before(find_needed(kind, past, past_count), on, today);
}

// Whether it may be recorded in that state. To what was given up before it was sent only that can happen which needs no sending.
static bool fits(const struct event_kind *kind, enum request_state state, bool sent)
{
    bool possible = sent || state != REQUEST_CLOSED || (kind->allowed & IN_DRAFT) != 0 || kind->before_sent || event_rests_on(kind, "abandoned");
    return (kind->allowed & (1u << state)) != 0 && possible;
}

static bool refuse_state(const struct event_kind *kind, enum request_state state, struct error *error)
{
    static const char *const hints[] = {
        [REQUEST_DRAFT] = "it is a draft: log `sent` first",
        [REQUEST_OPEN] = "it is open",
        [REQUEST_CLOSED] = "it is closed: `dsr reopen` it first",
    };
    const char *hint = hints[state];
    if ((kind->allowed & (1u << state)) != 0)
        hint = "it was given up before it was sent: `dsr reopen` it, and log `sent` first";
    else if (state == REQUEST_DRAFT && kind->next == REQUEST_CLOSED) // who logged `sent` for it would invent a request
        hint = "it is a draft: `dsr abandon` gives it up";
    return error_set(error, ERROR_conflict, "event", "The event %s does not fit this request: %s.", kind->name, hint);
}

// What answers an appeal has a name of its own.
static const char *hint_of_appeal(const struct event_kind *kind, const struct past_event *past, size_t count)
{
    static const char *const answers[] = {"answered", "refused", NULL};
    bool appealed = find(past, count, "appeal_sent") != NULL || find(past, count, "appeal_received") != NULL;
    return appealed && text_is_one_of(kind->name, answers) ? " What the vendor says to the appeal, yes or no, is appeal_answered." : "";
}

bool event_check(const struct event_kind *kind, enum request_state state, const struct past_event *past,
                 size_t past_count, date on, date today, struct error *error)
{
    char day[DATE_TEXT_SIZE], other[DATE_TEXT_SIZE];
    const struct past_event *sent = find(past, past_count, "sent");
    if (!fits(kind, state, sent != NULL))
        return refuse_state(kind, state, error);
    if (on > today && !kind->may_be_future)
        return error_set(error, ERROR_invalid, "on", "%s lies in the future: today is %s where the vendor is.",
                         date_format(on, day), date_format(today, other));
    if (sent != NULL && on < sent->on && !kind->before_sent)
        return error_set(error, ERROR_invalid, "on",
                         "%s lies before the request was sent (%s); an event comes on that day or later.",
                         date_format(on, day), date_format(sent->on, other));
    const struct past_event *before = find_needed(kind, past, past_count);
    if (kind->needs[0] != NULL && before == NULL)
        return error_set(error, ERROR_conflict, "event", "%s needs %s%s%s first: log that, then this.", kind->name, kind->needs[0],
                         kind->needs[1] != NULL ? " or " : "", kind->needs[1] != NULL ? kind->needs[1] : "");
    if (before != NULL && on < before->on)
        return error_set(error, ERROR_invalid, "on", "%s lies before %s (%s).", date_format(on, day), before->event,
                         date_format(before->on, other));
    const struct past_event *same = kind->once ? find(past, past_count, kind->name) : NULL;
    if (same == NULL || (kind->once_again && find(same, (size_t)(past + past_count - same), "reopened") != NULL))
        return true;
    return error_set(error, ERROR_conflict, "event", "%s is already recorded, on %s; undo that one first if it was a mistake.%s",
                     kind->name, date_format(same->on, day), hint_of_appeal(kind, past, past_count));
}

enum request_state event_next(const struct event_kind *kind, enum request_state state, bool sent)
{
    if (kind->keeps_state)
        return state;
    return kind->next == REQUEST_OPEN && !sent ? REQUEST_DRAFT : kind->next;
}

enum request_state event_replay(const struct past_event *past, size_t past_count, const char **misfit)
{
    // A corrected day of sending is recorded late: what was sent was so from the beginning.
    bool sent = find(past, past_count, "sent") != NULL;
    enum request_state state = sent ? REQUEST_OPEN : REQUEST_DRAFT;
    *misfit = NULL;
    for (size_t i = 0; i < past_count; i++) {
        const struct event_kind *kind = event_kind_find(past[i].event);
        if (kind == NULL || strcmp(past[i].event, "sent") == 0)
            continue;
        if (*misfit == NULL && !fits(kind, state, sent))
            *misfit = past[i].event;
        state = event_next(kind, state, sent);
    }
    return state;
}
