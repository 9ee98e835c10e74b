// SPDX-License-Identifier: GPL-3.0-or-later
// A change of a request under way, and the three kinds of it. No I/O in the kinds.
#ifndef HTTP_REQUEST_CHANGE_H
#define HTTP_REQUEST_CHANGE_H

#include "http/request_write.h"
#include "request/reference.h"

struct change;

// Puts into `write` (as request_change() takes it: set, events, void) what the caller asks, and into `work` the request as it will be.
typedef bool change_apply(struct change *change, struct request_work *work, const json_t *state, json_t *write, struct error *error);
change_apply change_apply_event, change_apply_void, change_apply_amend;

struct change {
    struct exchange *exchange;
    char reference[REFERENCE_SIZE];
    change_apply *apply;
    int tries;
    long expected; // version of If-Match; 0 without
    json_t *state; // while another vendor is looked up
    json_t *warnings;
    const char *event; // set by apply: the new event, checked against the kind of the request once the clocks are known; or NULL
    bool recheck;    // set by apply: the rules between requests must be checked again
    bool redescribe; // set by apply: law, channel and zone are written anew
    bool keeps_ended; // set by apply: the request was closed and stays so
    bool was_closed; // before
    bool confirm;    // a warning needs `anyway`
};

enum { CHANGE_PAST_MAXIMUM = WORK_EVENTS_MAXIMUM };
// The events of the record as event_check() takes them; strings stay the array's.
size_t change_past_events(const json_t *events, struct past_event past[CHANGE_PAST_MAXIMUM]);

#endif
