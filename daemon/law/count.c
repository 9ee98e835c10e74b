// SPDX-License-Identifier: GPL-3.0-or-later
#include "law/count.h"

#include <stdio.h>

#include "law/steps.h"
#include "shared/text.h"

static const char *const weekday_names[] = {"",         "Monday", "Tuesday",  "Wednesday",
                                            "Thursday", "Friday", "Saturday", "Sunday"};

static bool out_of_calendar(date day)
{
    return day < date_make(1900, 1, 1) || day > date_make(9990, 1, 1);
}

static date count_months(date day_0, int months, struct working working)
{
    bool clamped;
    char from[DATE_TEXT_SIZE], to[DATE_TEXT_SIZE];
    date day = date_add_months(day_0, months, &clamped);
    if (working.clock == NULL || day == DATE_NONE)
        return day;
    step_add(working.clock, working.failed, "count", working.cite, day, "%d month%s after %s is %s.", months,
             months == 1 ? "" : "s", date_format_long(day_0, from), date_format_long(day, to));
    if (clamped)
        step_add(working.clock, working.failed, "clamp", working.cite, day,
                 "That month has no such day, so its last day is taken: %s.", date_format_long(day, to));
    return day;
}

static date count_days(date day_0, int days, struct working working)
{
    char from[DATE_TEXT_SIZE], to[DATE_TEXT_SIZE];
    date day = day_0 + days;
    if (working.clock != NULL)
        step_add(working.clock, working.failed, "count", working.cite, day,
                 "%d days after %s, which itself is not counted: %s.", days, date_format_long(day_0, from),
                 date_format_long(day, to));
    return day;
}

static date count_working_days(date day_0, int n, const struct calendar *calendar, struct working working)
{
    char from[DATE_TEXT_SIZE], to[DATE_TEXT_SIZE];
    date day = day_0;
    for (int counted = 0; counted < n && !out_of_calendar(day);) {
        day++;
        if (calendar_is_weekend(calendar, day))
            continue;
        const char *holiday = calendar_holiday(calendar, day);
        if (holiday == NULL)
            counted++;
        else if (working.clock != NULL)
            step_add(working.clock, working.failed, "skip", working.cite, day, "%s is not counted: %s.",
                     date_format_long(day, to), holiday);
    }
    if (working.clock != NULL)
        step_add(working.clock, working.failed, "count", working.cite, day,
                 "%d working days after %s (calendar %s): %s.", n, date_format_long(day_0, from), calendar->id,
                 date_format_long(day, to));
    return day;
}

date count_units(date day_0, int n, enum unit unit, const struct calendar *calendar, struct working working)
{
    date day = DATE_NONE;
    switch (unit) {
    case UNIT_DAYS: day = count_days(day_0, n, working); break;
    case UNIT_WEEKS: day = count_days(day_0, 7 * n, working); break;
    case UNIT_MONTHS: day = count_months(day_0, n, working); break;
    default: day = count_working_days(day_0, n, calendar, working); break; // UNIT_BUSINESS_DAYS, UNIT_WORKING_DAYS
    }
    return day == DATE_NONE || out_of_calendar(day) ? DATE_NONE : day;
}

// Why the rule does not accept the day as a last day: the holiday's or weekday's name, or NULL when it does.
static const char *not_a_last_day(date day, const struct roll *roll, const struct calendar *calendar)
{
    enum weekday weekday = date_weekday(day);
    if ((weekday == SATURDAY && roll->saturday) || (weekday == SUNDAY && roll->sunday))
        return weekday_names[weekday];
    return roll->holiday && calendar != NULL ? calendar_holiday(calendar, day) : NULL;
}

date count_roll(date day, const struct roll *roll, const struct calendar *calendar, const char *cite, struct working working)
{
    char text[DATE_TEXT_SIZE];
    date last = day;
    const char *why;
    while ((why = not_a_last_day(last, roll, calendar)) != NULL) {
        if (working.clock != NULL)
            step_add(working.clock, working.failed, "roll", cite, last,
                     "%s cannot be the last day: %s; it moves on.", date_format_long(last, text), why);
        last++;
    }
    if (last != day && working.clock != NULL)
        step_add(working.clock, working.failed, "roll", cite, last, "The last day is %s.",
                 date_format_long(last, text));
    return last;
}
