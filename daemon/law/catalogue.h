// SPDX-License-Identifier: GPL-3.0-or-later
// The laws and calendars read from etc/laws and etc/calendars: immutable once loaded.
#ifndef LAW_CATALOGUE_H
#define LAW_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/date.h"
#include "shared/error.h"

struct catalogue;
struct law;
struct calendar;

enum { HASH_TEXT_SIZE = 65 }; // SHA-256 or BLAKE2b-256 as lower-case hex, with its NUL

// Reads every *.conf of both folders. On failure returns NULL and error names file, line, and reason.
// The caller owns the result: catalogue_free().
struct catalogue *catalogue_load(const char *laws_folder, const char *calendars_folder, struct error *error);
void catalogue_free(struct catalogue *catalogue);

// Whether an edited file of a law, calendar, counting rules or local days could stand among those of the catalogue. `*kind` becomes
// "a law", "a calendar" ...; false: error says file, line and reason.
bool catalogue_check_file(const struct catalogue *catalogue, const char *path, const char **kind, struct error *error);

// Hash over all files in name order; two daemons with equal hashes compute equal dates.
const char *catalogue_hash(const struct catalogue *catalogue);

// NULL when there is none of that id. catalogue_law_near() gives the id most like a misspelt one, or NULL.
const struct law *catalogue_law(const struct catalogue *catalogue, const char *id);
const struct calendar *catalogue_calendar(const struct catalogue *catalogue, const char *id);
const char *catalogue_law_near(const struct catalogue *catalogue, const char *id);
// The law as a person writes it; NULL and an error that names the nearest id when there is none.
const struct law *catalogue_find_law(const struct catalogue *catalogue, const char *id, struct error *error);
// False, and an error that names the calendars there are, when there is none of that id.
bool catalogue_check_calendar(const struct catalogue *catalogue, const char *id, struct error *error);
size_t catalogue_law_count(const struct catalogue *catalogue);
const struct law *catalogue_law_at(const struct catalogue *catalogue, size_t index); // sorted by id
size_t catalogue_calendar_count(const struct catalogue *catalogue);
const struct calendar *catalogue_calendar_at(const struct catalogue *catalogue, size_t index); // in the order of the files' names

const char *calendar_id(const struct calendar *calendar);
const char *calendar_hash(const struct calendar *calendar); // of its file and its local days
// The last day that its yearly tables reach, and DATE_NONE for a calendar made of rules alone.
date calendar_horizon(const struct calendar *calendar);

const char *law_id(const struct law *law);
const char *law_hash(const struct law *law); // of its file and the counting rules
const char *law_short_name(const struct law *law); // "CCPA"
const char *law_name(const struct law *law);
bool law_counts_by(const struct law *law, const struct calendar *calendar); // whether some clock of it looks at that calendar
bool law_is_statute(const struct law *law); // false for `voluntary`: its dates are courtesy dates
bool law_silence_refuses(const struct law *law); // whether no answer in time is a refusal, in words or for a clock
// Whether the law knows the right at all; false: the error names the rights that there are.
bool law_check_right(const struct law *law, const char *right, struct error *error);
bool law_has_right(const struct law *law, const char *right, date on); // in force on that day
const char *law_right_cite(const struct law *law, const char *right); // "1798.105; 7022", NULL without the right
const char *law_authority(const struct law *law);     // name and address to complain to, or NULL
const char *law_appeal(const struct law *law);        // how to appeal to the vendor, for people to read, or NULL
const char *law_zone(const struct law *law);          // where the vendor's own zone is not known
const char *law_text(const struct law *law);          // the file it was read from, comments and all

// A limit on how often the person may ask, in the law itself. count 0 = no such limit.
struct law_frequency {
    int count;
    bool calendar_year; // else a rolling window of `months`
    int months;
    const char *cite;
    bool may_charge;   // a further request is answered all the same, but may cost
    bool counts_right; // whether the asked right is one of those counted together
};
struct law_frequency law_frequency(const struct law *law, const char *right);
bool law_rights_counted_together(const struct law *law, const char *right, const char *other_right);

#endif
