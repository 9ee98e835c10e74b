// SPDX-License-Identifier: GPL-3.0-or-later
// Which days are no working days in one place: weekends and holidays by rule. Pure.
#ifndef LAW_CALENDAR_H
#define LAW_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>

#include "law/catalogue.h"
#include "shared/date.h"

enum holiday_rule {
    HOLIDAY_FIXED,     // month, day
    HOLIDAY_NTH,       // n-th weekday of a month, plus_days
    HOLIDAY_LAST,      // last weekday of a month
    HOLIDAY_EASTER,    // days from Easter Sunday (Gregorian)
    HOLIDAY_TABLE,     // dates kept by hand
    HOLIDAY_ST_BRIGID, // first Monday of February, or 1 February when that is a Friday (Ireland)
    HOLIDAY_BEFORE,    // last weekday before a day of a month (Canada's Victoria Day)
    HOLIDAY_PERIOD,    // every day from one day to another, over the turn of the year too (New Zealand)
};

// Where a fixed holiday is moved, or repeated, when it falls on a weekend. Bits.
enum observed {
    OBSERVED_SUN_MON = 1,
    OBSERVED_SAT_FRI = 2,
    OBSERVED_SAT_MON = 4,
    OBSERVED_SUN_PREVIOUS_SAT = 8,
    OBSERVED_UK = 16, // to the next day that is neither weekend nor holiday
};

struct holiday {
    char *name;
    enum holiday_rule rule;
    int month, day, n, offset; // offset: days from Easter, or plus_days
    enum weekday weekday;
    unsigned observed;
    bool only_observed; // the day itself is none; only its shifted copy
    bool even_years;    // kept in even years only (general elections)
    int to_month, to_day; // end of a period
    date *dates;
    size_t date_count;
    int first_year, last_year; // in force; 0 = always
};

struct named_day {
    date day;
    const char *name;
};

enum { CALENDAR_FIRST_YEAR = 1990, CALENDAR_LAST_YEAR = 2060, YEAR_DAYS_MAXIMUM = 96 };

struct calendar_year {
    struct named_day *days; // sorted
    size_t count;
};

struct calendar {
    char *id, *name, *zone, *note;
    const char *confidence; // one of confidence_words
    bool weekend[8]; // by enum weekday
    struct holiday *holidays;
    size_t holiday_count;
    date table_until; // the end of the last year that every hand-kept table covers; DATE_NONE without tables
    char hash[HASH_TEXT_SIZE];
    struct calendar_year years[CALENDAR_LAST_YEAR - CALENDAR_FIRST_YEAR + 1]; // filled by calendar_prepare()
};

// Computes the holidays of the usual years once. False without memory.
bool calendar_prepare(struct calendar *calendar);
void calendar_free(struct calendar *calendar);

// Adds one day off to a prepared calendar; the name is copied. False without memory, or when the year's list is full.
bool calendar_add_day(struct calendar *calendar, date day, const char *name);

// The holiday's name, or NULL. Weekends are asked apart.
const char *calendar_holiday(const struct calendar *calendar, date day);
bool calendar_is_weekend(const struct calendar *calendar, date day);

date calendar_easter(int year); // Easter Sunday, Gregorian

// All holidays of a year in order; returns how many (at most `size`).
size_t calendar_year_days(const struct calendar *calendar, int year, struct named_day *days, size_t size);

#endif
