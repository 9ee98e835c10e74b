// SPDX-License-Identifier: GPL-3.0-or-later
// A law as data, inside law/. Others see it through catalogue.h.
#ifndef LAW_LAW_H
#define LAW_LAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "law/calendar.h"
#include "law/catalogue.h"
#include "law/clock.h"
#include "law/words.h"

enum { RIGHTS_MAXIMUM = 10, LENGTH_OPEN = -1 };

// Bits by the position of a word in right_words.
typedef uint32_t right_set;
enum { ALL_RIGHTS = (1 << RIGHTS_MAXIMUM) - 1 };

// The days on which a period does not end: it ends on the next other day.
struct roll {
    bool saturday, sunday, holiday;
};

// How days are counted under some rule of law (etc/laws/counting.conf).
struct counting {
    char *id, *cite, *note;
    const char *confidence; // one of confidence_words
    struct roll roll;
    bool rolls_latest;                // the law leaves open whether a last day moves: `latest_roll` is the reading that moves it
    struct roll latest_roll;
    bool controllers_calendar;        // the calendar of the controller's country
    const struct calendar *calendar;  // default; NULL when none is needed
    const struct calendar *earliest, *latest; // other readings of "business day"; NULL without
};

struct law_clock {
    char *id;
    right_set rights;
    int n; // LENGTH_OPEN: the law names no number (an extension for "a reasonable time")
    enum unit unit;
    const char *from; // one of from_words
    const struct counting *counting;
    char *cite, *note;
    const char *confidence; // one of confidence_words
    int when;               // index in when_words, or -1
    enum clock_party party;
    date from_date, until_date; // in force for triggering events on these days; DATE_NONE = no bound
    date not_before;            // earlier triggers count from this day
    bool extends;               // this is the total with the extension of clock `respond` or `appeal_answer`
    char *extended_clock;
    bool notice_any_day; // the law sets no day for the notice of extension
    bool advisory;       // guidance, no duty: its date is no legal deadline
    bool repeats;        // counts anew from each such event
    char **met_by;       // NULL-terminated events that meet it; NULL: the usual ones for its id
};

enum identity_effect { IDENTITY_NONE, IDENTITY_CONDITION, IDENTITY_SUSPENDS, IDENTITY_RESETS, IDENTITY_STARTS };
enum pause_effect { PAUSE_NONE, PAUSE_DAYS_OUT };
// FEE_REFLECTION: a fee announced must be confirmed within so many days, and the time starts when those days are over.
enum fee_effect { FEE_NONE, FEE_RESETS, FEE_REFLECTION };
enum agent { AGENT_UNKNOWN, AGENT_YES, AGENT_NO };

struct law_right {
    int right; // index in right_words
    char *cite;
    date from_date;
};

struct law_version {
    date from; // DATE_NONE: the day is not known
    char *what;
};

struct law {
    char *id, *name, *short_name, *jurisdiction, *who, *penalty, *authority, *appeal;
    enum law_kind kind;
    bool future;
    date effective_from;
    const char *confidence;
    char *reach_establishment;    // the citation by which it protects people anywhere from a vendor established there; NULL: it does not
    char *reach_abroad;           // what it takes to bind a vendor that is not established there; NULL: not said
    const char *reach_confidence; // one of confidence_words; NULL without `reach`
    char *zone; // default zone where the vendor's is not known
    struct law_right rights[RIGHTS_MAXIMUM];
    size_t right_count;
    struct law_clock *clocks;
    size_t clock_count;
    struct law_version *versions;
    size_t version_count;
    struct {
        int count, months;
        bool calendar_year;
        right_set rights;
        bool may_charge; // a further request is answered, for a fee
        char *cite;
    } frequency;
    enum identity_effect identity;
    char *identity_cite;
    enum pause_effect clarification;
    right_set clarification_rights;
    char *clarification_cite;
    enum fee_effect fee;
    right_set fee_rights;
    int fee_days; // FEE_REFLECTION
    char *fee_cite;
    bool silence_refuses; // no answer in time is a refusal
    enum agent agent; // who may act for the person
    right_set agent_rights;
    char *agent_cite, *agent_how;
    const char *agent_confidence; // one of confidence_words; NULL without `agent`
    char *coverage[COVERAGE_COUNT]; // by coverage_words
    char *text; // the file itself, for `dsr law show`
    size_t text_length;
    char hash[HASH_TEXT_SIZE];
};

struct catalogue {
    struct calendar **calendars;
    size_t calendar_count;
    struct counting *countings;
    size_t counting_count;
    char counting_hash[HASH_TEXT_SIZE];
    struct law **laws;
    size_t law_count;
    char hash[HASH_TEXT_SIZE];
};

int right_index(const char *right); // -1 when unknown
bool law_clock_counts_from_refusal(const struct law_clock *rule); // said, or by silence
date law_right_from(const struct law *law, const char *right); // since when the law gives it; DATE_NONE: not said, or no such right
const struct counting *catalogue_counting(const struct catalogue *catalogue, const char *id);

#endif
