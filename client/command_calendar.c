// SPDX-License-Identifier: GPL-3.0-or-later
// Calendars, from their files: the list, and the days off of one in a year.
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "client/handlers.h"
#include "client/laws.h"
#include "client/output.h"
#include "law/calendar.h"
#include "shared/text.h"

static json_t *day_or_null(date day)
{
    char text[DATE_TEXT_SIZE];
    return day == DATE_NONE ? json_null() : json_string(date_format(day, text));
}

int run_calendar_list(struct client *client, const struct arguments *arguments)
{
    static const struct column columns[] = {{"CALENDAR", "calendar", NULL, false, NARROW_KEEP}, {"NAME", "name", NULL, false, NARROW_CUT}, {"ZONE", "zone", NULL, false, NARROW_KEEP},
                                            {"CONFIDENCE", "confidence", NULL, false, NARROW_KEEP}, {"KNOWN UNTIL", "until", NULL, false, NARROW_KEEP}};
    struct error error;
    struct catalogue *catalogue = laws_load(arguments, &error);
    if (catalogue == NULL)
        return client_fail(&error);
    json_t *rows = json_array();
    for (size_t i = 0; i < catalogue_calendar_count(catalogue); i++) {
        const struct calendar *calendar = catalogue_calendar_at(catalogue, i);
        json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:s, s:o, s:s?}", "calendar", calendar->id, "name", calendar->name, "zone", calendar->zone,
                                              "confidence", calendar->confidence, "until", day_or_null(calendar->table_until), "note", calendar->note));
    }
    int status = output_rows(client, rows, columns, sizeof columns / sizeof columns[0], "There are none.");
    json_decref(rows);
    catalogue_free(catalogue);
    return status;
}

static bool read_year(const struct arguments *arguments, int *year, struct error *error)
{
    const char *text = argument_value(arguments, "year");
    int64_t number;
    time_t now = time(NULL);
    struct tm local;
    if (text == NULL) {
        *year = localtime_r(&now, &local) != NULL ? local.tm_year + 1900 : CALENDAR_FIRST_YEAR;
        return true;
    }
    if (!text_to_integer(text, CALENDAR_FIRST_YEAR, CALENDAR_LAST_YEAR, &number))
        return error_set(error, ERROR_malformed, "year", "--year must be a year from %d to %d.", CALENDAR_FIRST_YEAR, CALENDAR_LAST_YEAR);
    *year = (int)number;
    return true;
}

// Days that several holidays share stand once, with the first one's name.
static json_t *days_of(const struct calendar *calendar, int year)
{
    static const char *const weekdays[] = {"", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    char text[DATE_TEXT_SIZE];
    json_t *rows = json_array();
    date before = DATE_NONE;
    const struct calendar_year *slot = &calendar->years[year - CALENDAR_FIRST_YEAR];
    for (size_t i = 0; i < slot->count; i++) {
        date day = slot->days[i].day;
        if (day != before)
            json_array_append_new(rows, json_pack("{s:s, s:s, s:s}", "day", date_format(day, text), "weekday", weekdays[date_weekday(day)], "name", calendar_holiday(calendar, day)));
        before = day;
    }
    return rows;
}

int run_calendar_show(struct client *client, const struct arguments *arguments)
{
    static const struct column columns[] = {{"DAY", "day", NULL, false, NARROW_KEEP}, {"", "weekday", NULL, false, NARROW_KEEP}, {"HOLIDAY", "name", NULL, false, NARROW_CUT}};
    struct error error;
    int year = CALENDAR_FIRST_YEAR, status;
    const char *id = argument_at(arguments, 0);
    struct catalogue *catalogue = laws_load(arguments, &error);
    const struct calendar *calendar = catalogue != NULL ? catalogue_calendar(catalogue, id) : NULL;
    if (catalogue != NULL && calendar == NULL)
        catalogue_check_calendar(catalogue, id, &error);
    if (calendar == NULL || !read_year(arguments, &year, &error)) {
        status = client_fail(&error);
    } else {
        json_t *rows = days_of(calendar, year);
        if (client->format == FORMAT_TEXT)
            printf("%s, %d\n\n", calendar->name, year);
        status = output_rows(client, rows, columns, sizeof columns / sizeof columns[0], "There are none.");
        if (client->format == FORMAT_TEXT && calendar->note != NULL)
            printf("\n%s\n", calendar->note);
        json_decref(rows);
    }
    catalogue_free(catalogue);
    return status;
}
