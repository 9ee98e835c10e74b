// SPDX-License-Identifier: GPL-3.0-or-later
#include "law/calendar.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_YEAR = 1900, LAST_YEAR = 9999 }; // of shared/date.h

// Anonymous Gregorian algorithm (Meeus, Jones, Butcher).
date calendar_easter(int year)
{
    int a = year % 19, b = year / 100, c = year % 100;
    int d = b / 4, e = b % 4, f = (b + 8) / 25;
    int g = (b - f + 1) / 3;
    int h = (19 * a + b - d - g + 15) % 30;
    int i = c / 4, k = c % 4;
    int l = (32 + 2 * e + 2 * i - h - k) % 7;
    int m = (a + 11 * h + 22 * l) / 451;
    int month = (h + l - 7 * m + 114) / 31;
    return date_make(year, month, (h + l - 7 * m + 114) % 31 + 1);
}

static date nth_weekday(int year, int month, int n, enum weekday weekday)
{
    date first = date_make(year, month, 1);
    return first + ((int)weekday - (int)date_weekday(first) + 7) % 7 + 7 * (n - 1);
}

static date last_weekday(int year, int month, enum weekday weekday)
{
    date last = date_make(year, month, date_days_in_month(year, month));
    return last - ((int)date_weekday(last) - (int)weekday + 7) % 7;
}

static date weekday_before(date day, enum weekday weekday)
{
    return day - 1 - ((int)date_weekday(day - 1) - (int)weekday + 7) % 7;
}

static date st_brigid(int year)
{
    date first = date_make(year, 2, 1);
    return date_weekday(first) == FRIDAY ? first : nth_weekday(year, 2, 1, MONDAY);
}

bool calendar_is_weekend(const struct calendar *calendar, date day)
{
    return calendar->weekend[date_weekday(day)];
}

struct collection {
    struct named_day *days;
    size_t size, count;
    int year;
};

static void add(struct collection *to, date day, const char *name)
{
    int year, month, day_of_month;
    if (day == DATE_NONE || to->count == to->size)
        return;
    date_split(day, &year, &month, &day_of_month);
    if (year == to->year)
        to->days[to->count++] = (struct named_day){day, name};
}

static bool contains(const struct collection *in, date day)
{
    for (size_t i = 0; i < in->count; i++)
        if (in->days[i].day == day)
            return true;
    return false;
}

static date base_day(const struct holiday *holiday, int year)
{
    switch (holiday->rule) {
    case HOLIDAY_FIXED: return date_make(year, holiday->month, holiday->day);
    case HOLIDAY_NTH: return nth_weekday(year, holiday->month, holiday->n, holiday->weekday) + holiday->offset;
    case HOLIDAY_LAST: return last_weekday(year, holiday->month, holiday->weekday);
    case HOLIDAY_EASTER: return calendar_easter(year) + holiday->offset;
    case HOLIDAY_ST_BRIGID: return st_brigid(year);
    default: return weekday_before(date_make(year, holiday->month, holiday->day), holiday->weekday); // HOLIDAY_BEFORE
    }
}

static date shifted(const struct holiday *holiday, date day)
{
    enum weekday weekday = date_weekday(day);
    if (weekday == SUNDAY && (holiday->observed & OBSERVED_SUN_MON) != 0)
        return day + 1;
    if (weekday == SATURDAY && (holiday->observed & OBSERVED_SAT_FRI) != 0)
        return day - 1;
    if (weekday == SATURDAY && (holiday->observed & OBSERVED_SAT_MON) != 0)
        return day + 2;
    if (weekday == SUNDAY && (holiday->observed & OBSERVED_SUN_PREVIOUS_SAT) != 0)
        return day - 1;
    return DATE_NONE;
}

static bool in_force(const struct holiday *holiday, int year)
{
    return (holiday->first_year == 0 || year >= holiday->first_year) &&
           (holiday->last_year == 0 || year <= holiday->last_year) && (!holiday->even_years || year % 2 == 0);
}

// The period that begins in the year `of`.
static void add_period(struct collection *to, const struct holiday *holiday, int of)
{
    date from = date_make(of, holiday->month, holiday->day);
    date until = date_make(of, holiday->to_month, holiday->to_day);
    if (until < from)
        until = date_make(of + 1, holiday->to_month, holiday->to_day);
    for (date day = from; day <= until; day++)
        add(to, day, holiday->name);
}

// `of` may be a neighbouring year: 1 January on a Saturday is observed on 31 December.
static void add_holiday(struct collection *to, const struct holiday *holiday, int of)
{
    if (!in_force(holiday, of))
        return;
    if (holiday->rule == HOLIDAY_TABLE) {
        for (size_t i = 0; of == to->year && i < holiday->date_count; i++)
            add(to, holiday->dates[i], holiday->name);
        return;
    }
    if (holiday->rule == HOLIDAY_PERIOD) {
        add_period(to, holiday, of);
        return;
    }
    date day = base_day(holiday, of);
    date moved = shifted(holiday, day);
    if (!holiday->only_observed && !(moved != DATE_NONE && (holiday->observed & OBSERVED_SUN_PREVIOUS_SAT) != 0))
        add(to, day, holiday->name);
    add(to, moved, holiday->name);
}

// Substitute days of the United Kingdom: the next day that is neither weekend nor holiday, in the order of the file.
static void add_uk_substitutes(struct collection *to, const struct calendar *calendar, int year)
{
    for (size_t i = 0; i < calendar->holiday_count; i++) {
        const struct holiday *holiday = &calendar->holidays[i];
        if ((holiday->observed & OBSERVED_UK) == 0 || !in_force(holiday, year))
            continue;
        date day = base_day(holiday, year);
        if (!calendar_is_weekend(calendar, day))
            continue;
        do
            day++;
        while (calendar_is_weekend(calendar, day) || contains(to, day));
        add(to, day, holiday->name);
    }
}

static int compare_days(const void *a, const void *b)
{
    const struct named_day *first = a, *second = b;
    return (first->day > second->day) - (first->day < second->day);
}

size_t calendar_year_days(const struct calendar *calendar, int year, struct named_day *days, size_t size)
{
    struct collection to = {days, size, 0, year};
    for (size_t i = 0; i < calendar->holiday_count; i++)
        for (int of = year > FIRST_YEAR ? year - 1 : year; of <= year + 1 && of < LAST_YEAR; of++)
            add_holiday(&to, &calendar->holidays[i], of);
    add_uk_substitutes(&to, calendar, year);
    qsort(days, to.count, sizeof *days, compare_days);
    return to.count;
}

bool calendar_prepare(struct calendar *calendar)
{
    struct named_day days[YEAR_DAYS_MAXIMUM];
    for (int year = CALENDAR_FIRST_YEAR; year <= CALENDAR_LAST_YEAR; year++) {
        struct calendar_year *slot = &calendar->years[year - CALENDAR_FIRST_YEAR];
        size_t count = calendar_year_days(calendar, year, days, YEAR_DAYS_MAXIMUM);
        if (count == 0)
            continue;
        slot->days = malloc(count * sizeof days[0]);
        if (slot->days == NULL)
            return false;
        memcpy(slot->days, days, count * sizeof days[0]);
        slot->count = count;
    }
    return true;
}

bool calendar_add_day(struct calendar *calendar, date day, const char *name)
{
    int year, month, day_of_month;
    date_split(day, &year, &month, &day_of_month);
    struct calendar_year *slot = &calendar->years[year - CALENDAR_FIRST_YEAR];
    if (slot->count + 1 >= YEAR_DAYS_MAXIMUM)
        return false;
    struct holiday *holidays = reallocarray(calendar->holidays, calendar->holiday_count + 1, sizeof *holidays);
    if (holidays == NULL)
        return false;
    calendar->holidays = holidays;
    struct named_day *days = reallocarray(slot->days, slot->count + 1, sizeof *days);
    char *copy = strdup(name);
    date *dates = malloc(sizeof *dates);
    if (days != NULL)
        slot->days = days;
    if (days == NULL || copy == NULL || dates == NULL) {
        free(copy);
        free(dates);
        return false;
    }
    dates[0] = day;
    calendar->holidays[calendar->holiday_count++] = (struct holiday){.name = copy, .rule = HOLIDAY_TABLE, .dates = dates, .date_count = 1};
    slot->days[slot->count++] = (struct named_day){day, copy};
    qsort(slot->days, slot->count, sizeof *slot->days, compare_days);
    return true;
}

static const char *find(const struct named_day *days, size_t count, date day)
{
    for (size_t i = 0; i < count; i++)
        if (days[i].day == day)
            return days[i].name;
    return NULL;
}

const char *calendar_holiday(const struct calendar *calendar, date day)
{
    int year, month, day_of_month;
    date_split(day, &year, &month, &day_of_month);
    if (year >= CALENDAR_FIRST_YEAR && year <= CALENDAR_LAST_YEAR) {
        const struct calendar_year *slot = &calendar->years[year - CALENDAR_FIRST_YEAR];
        return find(slot->days, slot->count, day);
    }
    struct named_day days[YEAR_DAYS_MAXIMUM];
    return find(days, calendar_year_days(calendar, year, days, YEAR_DAYS_MAXIMUM), day);
}

const char *calendar_id(const struct calendar *calendar)
{
    return calendar->id;
}

const char *calendar_hash(const struct calendar *calendar)
{
    return calendar->hash;
}

date calendar_horizon(const struct calendar *calendar)
{
    return calendar->table_until;
}

void calendar_free(struct calendar *calendar)
{
    if (calendar == NULL)
        return;
    for (size_t i = 0; i < calendar->holiday_count; i++) {
        free(calendar->holidays[i].name);
        free(calendar->holidays[i].dates);
    }
    for (size_t i = 0; i < sizeof calendar->years / sizeof calendar->years[0]; i++)
        free(calendar->years[i].days);
    free(calendar->holidays);
    free(calendar->id);
    free(calendar->name);
    free(calendar->zone);
    free(calendar->note);
    free(calendar);
}
