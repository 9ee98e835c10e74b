// SPDX-License-Identifier: GPL-3.0-or-later
// Civil dates of the proleptic Gregorian calendar, as a day count. Nothing here knows hours or zones.
#ifndef SHARED_DATE_H
#define SHARED_DATE_H

#include <stdbool.h>
#include <stdint.h>

// Days since 1970-01-01. Years 1900 to 9999 are allowed everywhere a date is read.
typedef int32_t date;

enum { DATE_NONE = INT32_MIN, DATE_TEXT_SIZE = 16 };

enum weekday { MONDAY = 1, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY }; // ISO 8601

date date_make(int year, int month, int day); // DATE_NONE when there is no such day
void date_split(date day, int *year, int *month, int *day_of_month);
enum weekday date_weekday(date day);
int date_days_in_month(int year, int month);

// The same day of the month `months` later, or that month's last day when there is none
// (31 January + 1 month = 28 or 29 February). `clamped`, if not NULL, tells whether that happened.
date date_add_months(date day, int months, bool *clamped);

// Strict YYYY-MM-DD, the whole string; false when it is anything else or no real day.
bool date_parse(const char *text, date *result);

// Writes YYYY-MM-DD into buffer (at least DATE_TEXT_SIZE bytes) and returns it; "-" for DATE_NONE.
const char *date_format(date day, char *buffer);

// "Mon 23 Nov 2026", in English, whatever the locale. Buffer as above.
const char *date_format_long(date day, char *buffer);

// What people type: YYYY-MM-DD, today, yesterday, tomorrow, "3 days ago", "2 weeks ago", "in 5 days", +5d is not accepted.
bool date_parse_human(const char *text, date today, date *result);

#endif
