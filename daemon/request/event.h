// SPDX-License-Identifier: GPL-3.0-or-later
// What can happen to a request, and when it may: one table, from which messages, help and checks are made. Pure.
#ifndef REQUEST_EVENT_H
#define REQUEST_EVENT_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/date.h"
#include "shared/error.h"
#include "shared/text.h"

enum request_state { REQUEST_DRAFT, REQUEST_OPEN, REQUEST_CLOSED };
const char *request_state_name(enum request_state state);
bool request_state_parse(const char *name, enum request_state *state);

enum event_by { BY_FILER, BY_VENDOR, BY_SYSTEM };

enum { NEEDS_MAXIMUM = 4 };

struct event_kind {
    const char *name;       // identifier, the same in code, SQL, API and CLI
    enum event_by by;
    unsigned allowed;       // bit (1u << enum request_state)
    const char *needs[NEEDS_MAXIMUM]; // names of events of which one must have come before (not voided); none: {NULL}
    bool once;              // at most one not voided
    enum request_state next;
    bool keeps_state;       // `next` is not used
    bool once_again;        // one more each time the request was opened again
    bool may_be_future;     // a day that was named, not one that has come
    bool before_sent;       // a fact that may be older than the request
    bool logged_by_person;  // offered by `dsr log`; the others belong to commands of their own
    const char *text;       // "the vendor acknowledged the request"
};

extern const struct event_kind event_kinds[];
extern const size_t event_kind_count;

const struct event_kind *event_kind_find(const char *name);

// Appends the event most like a misspelt name, and all that a person may log: "Did you mean answered? Known are: sent, ...".
void event_list_known(const char *name, struct text *out);

struct past_event { // of the request, voided ones left out by the caller
    const char *event;
    date on;
};

// Whether `kind` may be recorded on day `on` (both in the controller's zone): not before the request was sent,
// not in the future, allowed in this state, after what it needs, once only; and what was never sent takes only what may come before.
// One clear sentence in error if not.
bool event_check(const struct event_kind *kind, enum request_state state, const struct past_event *past,
                 size_t past_count, date on, date today, struct error *error);

// A day typed where it is the day `here`, while it is `today` where the controller is, as the controller's day: the day here may lie in two of the
// controller's, so what has not begun there counts as today there, and what would come before what it follows counts as that day.
date event_day(const struct event_kind *kind, const struct past_event *past, size_t past_count, date on, date here, date today);

// Whether `kind` is one of those that need an `event` before them.
bool event_rests_on(const struct event_kind *kind, const char *event);

// The state after `kind` in `state`. What was never `sent` is a draft again and not open.
enum request_state event_next(const struct event_kind *kind, enum request_state state, bool sent);

// The state after all events in the order of recording (for undo). *misfit is the first one that does not fit where it stands, or NULL.
enum request_state event_replay(const struct past_event *past, size_t past_count, const char **misfit);

#endif
