// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/date.h"

#include <stdio.h>
#include <string.h>

#include "shared/text.h"

enum { FIRST_YEAR = 1900, LAST_YEAR = 9999, DAYS_PER_ERA = 146097, EPOCH_SHIFT = 719468 };

int date_days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

date date_make(int year, int month, int day)
{
    if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12 || day < 1 ||
        day > date_days_in_month(year, month))
        return DATE_NONE;
    // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": the year begins in March.
    int y = month <= 2 ? year - 1 : year;
    int era = y / 400;
    int year_of_era = y - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - EPOCH_SHIFT;
}

void date_split(date day, int *year, int *month, int *day_of_month)
{
    int shifted = day + EPOCH_SHIFT;
    int era = (shifted >= 0 ? shifted : shifted - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
    int day_of_era = shifted - era * DAYS_PER_ERA;
    int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int m = (5 * day_of_year + 2) / 153;
    *day_of_month = day_of_year - (153 * m + 2) / 5 + 1;
    *month = m < 10 ? m + 3 : m - 9;
    *year = year_of_era + era * 400 + (*month <= 2 ? 1 : 0);
}

enum weekday date_weekday(date day)
{
    int since_monday = (day + 3) % 7; // 1970-01-01 was a Thursday
    return (enum weekday)((since_monday + 7) % 7 + 1);
}

date date_add_months(date day, int months, bool *clamped)
{
    int year, month, day_of_month;
    date_split(day, &year, &month, &day_of_month);
    int total = year * 12 + (month - 1) + months;
    year = total / 12;
    month = total % 12 + 1;
    int last = date_days_in_month(year, month);
    if (clamped != NULL)
        *clamped = day_of_month > last;
    return date_make(year, month, day_of_month > last ? last : day_of_month);
}

static bool digits(const char *text, int count, int *result)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (text[i] - '0');
    }
    *result = value;
    return true;
}

bool date_parse(const char *text, date *result)
{
    int year, month, day;
    if (strnlen(text, 11) != 10 || text[4] != '-' || text[7] != '-' || !digits(text, 4, &year) ||
        !digits(text + 5, 2, &month) || !digits(text + 8, 2, &day))
        return false;
    date made = date_make(year, month, day);
    if (made == DATE_NONE)
        return false;
    *result = made;
    return true;
}

const char *date_format(date day, char *buffer)
{
    if (day == DATE_NONE) {
        memcpy(buffer, "-", 2);
        return buffer;
    }
    int year, month, day_of_month;
    date_split(day, &year, &month, &day_of_month);
    snprintf(buffer, DATE_TEXT_SIZE, "%04d-%02d-%02d", year, month, day_of_month);
    return buffer;
}

const char *date_format_long(date day, char *buffer)
{
    static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (day == DATE_NONE)
        return date_format(day, buffer);
    int year, month, day_of_month;
    date_split(day, &year, &month, &day_of_month);
    snprintf(buffer, DATE_TEXT_SIZE, "%s %d %s %04d", weekdays[date_weekday(day) - 1], day_of_month,
             months[month - 1], year);
    return buffer;
}

// "3 days ago", "in 2 weeks": a count, a unit, and the direction in front or behind.
static bool parse_distance(const char *text, date today, date *result)
{
    bool ahead = strncmp(text, "in ", 3) == 0;
    unsigned count;
    char unit[8];
    int end = 0;
    if (strspn(text + (ahead ? 3 : 0), "0123456789") == 0 || // sscanf would take a sign, or blanks
        // NOLINTNEXTLINE(cert-err34-c): four digits cannot overflow
        sscanf(text + (ahead ? 3 : 0), "%4u %7[a-z]%n", &count, unit, &end) != 2)
        return false;
    const char *rest = text + (ahead ? 3 : 0) + end;
    if (strcmp(rest, ahead ? "" : " ago") != 0)
        return false;
    int sign = ahead ? 1 : -1;
    if (strcmp(unit, "day") == 0 || strcmp(unit, "days") == 0)
        *result = today + sign * (int)count;
    else if (strcmp(unit, "week") == 0 || strcmp(unit, "weeks") == 0)
        *result = today + sign * 7 * (int)count;
    else if (strcmp(unit, "month") == 0 || strcmp(unit, "months") == 0)
        *result = date_add_months(today, sign * (int)count, NULL);
    else
        return false;
    return *result >= date_make(FIRST_YEAR, 1, 1);
}

bool date_parse_human(const char *text, date today, date *result)
{
    if (text_equal_ignoring_case(text, "today"))
        *result = today;
    else if (text_equal_ignoring_case(text, "yesterday"))
        *result = today - 1;
    else if (text_equal_ignoring_case(text, "tomorrow"))
        *result = today + 1;
    else
        return date_parse(text, result) || parse_distance(text, today, result);
    return true;
}
