// SPDX-License-Identifier: GPL-3.0-or-later
// Working out a request from what the database holds and what the caller asks: channel, clocks, warnings, reminders. No I/O.
#ifndef HTTP_REQUEST_WORK_H
#define HTTP_REQUEST_WORK_H

#include <jansson.h>
#include <time.h>

#include "config/config.h"
#include "law/clock.h"
#include "request/event.h"
#include "request/rules.h"

enum { WORK_EVENTS_MAXIMUM = 200, WORK_WANTED_MAXIMUM = 20, COURTESY_DAYS_MAXIMUM = 3650, WORK_DAY_MAXIMUM = 20 };

// A request while it is worked on. Strings are borrowed from the JSON it was read from.
struct request_work {
    const struct config *config;
    const struct catalogue *catalogue;
    const struct law *law;
    const char *right;
    const json_t *vendor;
    const json_t *channel;       // of the vendor's document, or NULL
    const json_t *trouble;       // of a new request: {channel: {bouncing, on}} of those that bounce or are stale
    const char *zone, *calendar; // the controller's
    enum channel_kind kind;
    enum designation designation;
    int courtesy_days;
    struct law_event events[WORK_EVENTS_MAXIMUM]; // in order, the voided ones left out
    size_t event_count;
    const json_t *earlier;
    const json_t *purged;        // [{law, right, month}] of anybody to this vendor; whose is not known any more
    bool another;                // it is made for somebody else than its filer
    const json_t *authorities;   // what that person has authorised
    const char *reference;       // of a request in the record: it is not its own earlier one; NULL for a new one
    const json_t *wanted;        // ["3 days before", "2026-12-01"]
    date today;                  // in the controller's zone
    const char *library_zone;    // the library's
    date today_here;             // in it
    date sent_here;              // of a request in the record that stays sent when it was: the library's day of that; else DATE_NONE
    struct clock_answer answer;
    struct warnings warnings;
};

// Finds law, establishment and channel (id, kind, or NULL for the best one). `now` is the instant of the request.
bool request_work_begin(struct request_work *work, const char *law, const char *right, const char *channel, time_t now,
                        struct error *error);
// The same for a request in the record: its channel and establishment stay what they were, whatever the vendor's document says now.
bool request_work_restore(struct request_work *work, const json_t *state, time_t now, struct error *error);
// The day of an event in the controller's zone: the member of that name as it was typed (2026-11-23, today, "3 days ago": by the library's calendar),
// today there without it. What came before decides between two days that are one here.
bool request_work_day(const struct request_work *work, const struct event_kind *kind, const struct past_event *past, size_t past_count,
                      const char *member, const char *text, date *on, struct error *error);
// Takes the channel the request went by from the record, unless it serves no such right or law.
void request_work_keep_channel(struct request_work *work, const json_t *state);
bool request_work_add_event(struct request_work *work, const char *event, date on, struct error *error);
bool request_work_add_events(struct request_work *work, const json_t *events, struct error *error);
// Computes clocks and warnings; a draft has none.
bool request_work_compute(struct request_work *work, struct error *error);
void request_work_release(struct request_work *work);

json_t *request_work_warnings(const struct request_work *work);            // [{code, text, free_from}]
bool request_work_must_confirm(const struct request_work *work);
bool request_work_is_refused(const struct request_work *work);             // `anyway` does not help
json_t *request_work_reminders(const struct request_work *work, bool open, time_t now); // for reminders_replace
// Adds law, channel, zone, clocks, received ... as request_create and request_change take them.
bool request_work_describe(const struct request_work *work, json_t *into);

// Whether the days a vendor's policy gives may be set: a statute's are the statute's.
bool request_work_check_days(const struct request_work *work, const json_t *days, struct error *error);
// Whether each wish can be read, and no day lies before `today` of the library.
bool request_work_check_wanted(const json_t *wanted, date today, struct error *error);
// Warns of each "3 days before" that is already over; the clocks must have been computed.
void request_work_note_wanted(struct request_work *work, const json_t *wanted, date today);

#endif
