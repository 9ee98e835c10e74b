// SPDX-License-Identifier: GPL-3.0-or-later
// THE SUBJECT. From a law, a right and dated events to every deadline, with its working shown.
// Pure: civil dates in, civil dates out. No clock, no zone, no I/O.
#ifndef LAW_CLOCK_H
#define LAW_CLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "law/catalogue.h"
#include "shared/date.h"
#include "shared/error.h"

// A dated fact. `event` is an identifier of the table in request/event.h (sent, received, extension_notice ...).
struct law_event {
    const char *event;
    date on;
};

enum channel_kind { // of the vendors' files too
    CHANNEL_UNKNOWN = 0,
    CHANNEL_EMAIL,
    CHANNEL_WEBFORM,
    CHANNEL_PORTAL,
    CHANNEL_PHONE,
    CHANNEL_LETTER,
    CHANNEL_STATE_PLATFORM,
};
const char *channel_kind_name(enum channel_kind kind); // "email", "state_platform"
bool channel_kind_parse(const char *name, enum channel_kind *kind);

enum designation { DESIGNATION_UNKNOWN = 0, DESIGNATED_ADDRESS, OTHER_ADDRESS }; // Shine the Light

struct clock_question {
    const struct law *law;
    const char *right;              // "deletion"
    const struct law_event *events; // any order, but the last recorded of closing and reopening counts; not the voided ones
    size_t event_count;
    const char *calendar;           // the controller's country calendar, for laws that ask for it; NULL = the law's default
    enum channel_kind channel;
    enum designation designation;
    int letter_days;                // days a letter is assumed to travel while no `received` is known (setting, 5)
    int courtesy_days;              // the vendor's own figure under `voluntary`; 0 = 30
    const date *earlier_requests;   // days of earlier requests that count against the law's frequency limit
    size_t earlier_count;
    bool bare;                      // dates only: no steps, no hash
};

enum clock_state { CLOCK_RUNNING, CLOCK_PAUSED, CLOCK_MET, CLOCK_VOID };
const char *clock_state_name(enum clock_state state); // "running"

enum clock_party { PARTY_VENDOR, PARTY_REQUESTER }; // who must act before the clock runs out
const char *clock_party_name(enum clock_party party); // "vendor"

// One line of the explanation. `rule` is a short identifier (day_0, count, skip, clamp, roll, pause, reset,
// extension, reading, assumption, met, void); `cite` may be empty; `on` may be DATE_NONE.
struct clock_step {
    const char *rule;
    char *text;
    const char *cite;
    date on;
};

struct clock {
    const char *id;       // ack, respond, appeal_answer, complaint_ack, courtesy ... as in the law file
    enum clock_party party;
    enum clock_state state;
    date due, earliest, latest; // DATE_NONE while paused or when there is none
    date raw;                   // before roll-over
    date extended;              // what a valid extension would give, or DATE_NONE
    bool assumed;               // counted from an assumed receipt
    bool legal;                 // false: a courtesy date, "not a legal deadline"
    const char *confidence;     // sure, likely, unsure: the weakest of what the date rests on
    const char *cite;
    char hash[HASH_TEXT_SIZE];  // of the law file and the calendar files it rests on
    bool bare;                  // takes no steps
    struct clock_step *steps;
    size_t step_count;
};

enum extension_state { EXTENSION_NONE, EXTENSION_VALID, EXTENSION_VOID };

struct clock_answer {
    date received; // day 0 as counted
    bool received_assumed;
    struct clock *clocks;
    size_t clock_count;
    enum extension_state extension; // of the notice given, if any
    date extension_notice_by;
    date extension_until, extension_raw; // after and before it is moved on to a working day
    date next_free_from; // DATE_NONE when the law sets no limit or it is not reached
};

// Computes every clock of the question. Returns false and fills error when the right is not in the law on
// that day, an event makes no sense, or a calendar is unknown. The caller owns *answer: clock_answer_release().
bool clocks_compute(const struct catalogue *catalogue, const struct clock_question *question,
                    struct clock_answer *answer, struct error *error);
void clock_answer_release(struct clock_answer *answer);

// NULL when there is no such clock in the answer.
const struct clock *clock_answer_find(const struct clock_answer *answer, const char *id);

#endif
