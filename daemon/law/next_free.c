// SPDX-License-Identifier: GPL-3.0-or-later
#include "law/next_free.h"

#include <stdlib.h>

static int year_of(date day)
{
    int year, month, day_of_month;
    date_split(day, &year, &month, &day_of_month);
    return year;
}

static int compare_days(const void *a, const void *b)
{
    date first = *(const date *)a, second = *(const date *)b;
    return (first > second) - (first < second);
}

bool clock_next_free(const struct clock_work *work, date *free_from)
{
    const struct clock_question *question = work->question;
    struct law_frequency limit = law_frequency(question->law, question->right);
    date asked = work->facts.sent != DATE_NONE ? work->facts.sent : work->facts.received;
    *free_from = DATE_NONE;
    if (limit.count == 0 || !limit.counts_right)
        return true;
    if (limit.calendar_year) {
        int inside = 1;
        for (size_t i = 0; i < question->earlier_count; i++)
            inside += year_of(question->earlier_requests[i]) == year_of(asked);
        if (inside >= limit.count)
            *free_from = date_make(year_of(asked) + 1, 1, 1);
        return true;
    }
    date *inside = malloc((question->earlier_count + 1) * sizeof *inside);
    if (inside == NULL)
        return false;
    size_t count = 0;
    inside[count++] = asked;
    for (size_t i = 0; i < question->earlier_count; i++) {
        date earlier = question->earlier_requests[i];
        if (earlier <= asked && asked < date_add_months(earlier, limit.months, NULL))
            inside[count++] = earlier;
    }
    qsort(inside, count, sizeof *inside, compare_days);
    if (count >= (size_t)limit.count)
        *free_from = date_add_months(inside[count - (size_t)limit.count], limit.months, NULL);
    free(inside);
    return true;
}
