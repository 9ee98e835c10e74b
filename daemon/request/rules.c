// SPDX-License-Identifier: GPL-3.0-or-later
#include "request/rules.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((format(printf, 5, 6))) static void add(struct warnings *warnings, const char *code, bool must_confirm,
                                                       date free_from, const char *format, ...)
{
    if (warnings->count == WARNINGS_MAXIMUM)
        return;
    struct warning *warning = &warnings->list[warnings->count++];
    *warning = (struct warning){.code = code, .must_confirm = must_confirm, .free_from = free_from};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(warning->text, sizeof warning->text, format, arguments);
    va_end(arguments);
}

static int year_of(date day)
{
    int year, month, day_of_month;
    date_split(day, &year, &month, &day_of_month);
    return year;
}

// The first day on which a request sent on `day` no longer counts.
static date falls_out(date day, bool calendar_year, int months)
{
    return calendar_year ? date_make(year_of(day) + 1, 1, 1) : date_add_months(day, months, NULL);
}

struct window {
    int count;
    bool calendar_year;
    int months;
};

enum { EARLIER_MAXIMUM = 64, TIMES_SIZE = 24 };

static int compare_days(const void *a, const void *b)
{
    date first = *(const date *)a, second = *(const date *)b;
    return (first > second) - (first < second);
}

// Whether a request sent on `end` finds the window full. Then *free_from is the day on which enough of `days` have fallen out:
// one, unless more were sent than the window lets through.
static bool window_is_full_on(struct window window, date end, const date *days, size_t day_count, date *free_from)
{
    date outs[EARLIER_MAXIMUM];
    size_t inside = 0;
    for (size_t i = 0; i < day_count; i++) {
        date out = falls_out(days[i], window.calendar_year, window.months);
        if (window.calendar_year ? year_of(days[i]) == year_of(end) : days[i] <= end && end < out)
            outs[inside++] = out;
    }
    if (inside < (size_t)window.count)
        return false;
    qsort(outs, inside, sizeof outs[0], compare_days);
    *free_from = outs[inside - (size_t)window.count];
    return true;
}

// A request recorded late, as from a spreadsheet, may also fill the window of one that was sent after it.
static bool window_is_full(struct window window, date sent, const date *days, size_t day_count, date *free_from)
{
    bool full = window_is_full_on(window, sent, days, day_count, free_from);
    date out = falls_out(sent, window.calendar_year, window.months), later;
    for (size_t i = 0; i < day_count; i++)
        if (days[i] > sent && days[i] < out && window_is_full_on(window, days[i], days, day_count, &later)) {
            *free_from = !full || later > *free_from ? later : *free_from;
            full = true;
        }
    return full;
}

static const char *times(int count, char text[TIMES_SIZE])
{
    if (count > 2)
        snprintf(text, TIMES_SIZE, "%d times", count);
    return count == 1 ? "once" : count == 2 ? "twice" : text;
}

// Whether one sent on some day of the month would count in a window that `sent` fills or falls into.
static bool may_count(struct window window, date month, date sent)
{
    date last = date_add_months(month, 1, NULL) - 1;
    if (window.calendar_year)
        return year_of(month) == year_of(sent);
    return falls_out(last, false, window.months) > sent && month < falls_out(sent, false, window.months);
}

#define AS_FAR ", as far as dsrd still knows"

static void describe_window(struct window window, char period[32])
{
    snprintf(period, 32, window.calendar_year ? "a calendar year" : "%d months", window.months);
}

static void check_law(const struct law *law, const char *right, date sent, const struct past_requests *past, struct warnings *warnings)
{
    struct law_frequency limit = law_frequency(law, right);
    if (limit.count == 0 || !limit.counts_right)
        return;
    date days[EARLIER_MAXIMUM];
    size_t count = 0;
    bool in_part = false;
    struct window window = {limit.count, limit.calendar_year, limit.months};
    for (size_t i = 0; i < past->earlier_count && count < EARLIER_MAXIMUM; i++)
        if (strcmp(past->earlier[i].law, law_id(law)) == 0 && law_rights_counted_together(law, right, past->earlier[i].right))
            days[count++] = past->earlier[i].sent;
    for (size_t i = 0; i < past->purged_count; i++)
        in_part = in_part || (strcmp(past->purged[i].law, law_id(law)) == 0 &&
                              law_rights_counted_together(law, right, past->purged[i].right) &&
                              may_count(window, past->purged[i].month, sent));
    date free_from;
    char day[DATE_TEXT_SIZE], period[32], often[TIMES_SIZE];
    describe_window(window, period);
    if (window_is_full(window, sent, days, count, &free_from))
        add(warnings, "frequency_law", true, free_from,
            "By law (%s, %s) a person may ask a vendor for this %s in %s, and that is used up; the next one is free from %s%s.",
            law_short_name(law), limit.cite, times(limit.count, often), period, date_format(free_from, day), in_part ? AS_FAR : "");
    else if (in_part)
        add(warnings, "frequency_unknown", false, DATE_NONE,
            "By law (%s, %s) a person may ask a vendor for this %s in %s. That is not used up" AS_FAR
            ": such requests to it from that time are purged.",
            law_short_name(law), limit.cite, times(limit.count, often), period);
}

static void check_channel(const struct channel_limit *limit, date sent, const struct past_requests *past, const char *right,
                          struct warnings *warnings)
{
    if (limit == NULL || limit->count == 0)
        return;
    date days[EARLIER_MAXIMUM];
    size_t count = 0;
    bool in_part = false;
    struct window window = {limit->count, limit->calendar_year, limit->months};
    for (size_t i = 0; i < past->earlier_count && count < EARLIER_MAXIMUM; i++)
        if (strcmp(past->earlier[i].right, right) == 0)
            days[count++] = past->earlier[i].sent;
    for (size_t i = 0; i < past->purged_count; i++)
        in_part = in_part || (strcmp(past->purged[i].right, right) == 0 && may_count(window, past->purged[i].month, sent));
    date free_from;
    char day[DATE_TEXT_SIZE], period[32], often[TIMES_SIZE];
    describe_window(window, period);
    if (window_is_full(window, sent, days, count, &free_from))
        add(warnings, "frequency_vendor", true, free_from,
            "This vendor answers such a request %s in %s, and that is used up; ask again from %s%s.", times(limit->count, often), period,
            date_format(free_from, day), in_part ? AS_FAR : "");
    else if (in_part)
        add(warnings, "frequency_unknown", false, DATE_NONE,
            "This vendor answers such a request %s in %s. That is not used up" AS_FAR ": such requests to it from that time are purged.",
            times(limit->count, often), period);
}

static void check_order(const char *right, const struct earlier_request *earlier, size_t earlier_count, struct warnings *warnings)
{
    if (strcmp(right, "deletion") != 0)
        return;
    for (size_t i = 0; i < earlier_count; i++)
        if (earlier[i].open &&
            (strcmp(earlier[i].right, "access") == 0 || strcmp(earlier[i].right, "portability") == 0)) {
            add(warnings, "access_before_deletion", true, DATE_NONE,
                "The %s request %s to this vendor is still open: wait for its answer and ask for deletion after, "
                "or there may be nothing left to see.",
                earlier[i].right, earlier[i].ref);
            return;
        }
}

// Nobody files twice on purpose without knowing of the first: a line of the shell's history typed again, or a colleague who was faster.
static void check_open(const char *right, const struct earlier_request *earlier, size_t earlier_count, struct warnings *warnings)
{
    char day[DATE_TEXT_SIZE];
    for (size_t i = 0; i < earlier_count; i++)
        if (earlier[i].open && strcmp(earlier[i].right, right) == 0) {
            add(warnings, "still_open", false, DATE_NONE,
                "%s, sent on %s, asks this vendor for the same and is still open; if they are one, type `dsr close %s duplicate`, or close this one so.",
                earlier[i].ref, date_format(earlier[i].sent, day), earlier[i].ref);
            return;
        }
}

void rules_check(const struct law *law, const char *right, date sent, const struct channel_limit *limit,
                 const struct past_requests *past, struct warnings *warnings)
{
    check_open(right, past->earlier, past->earlier_count, warnings);
    check_law(law, right, sent, past, warnings);
    check_channel(limit, sent, past, right, warnings);
    check_order(right, past->earlier, past->earlier_count, warnings);
}
