// SPDX-License-Identifier: GPL-3.0-or-later
// A calendar file from hostile bytes; and when it is taken, its days: in order, inside their year, and each with a name.
#include <stdint.h>
#include <stdlib.h>

#include "law/calendar_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const struct calendar *calendar)
{
    static const int years[] = {1900, 1990, 2026, 2028, 2060, 2100, 9990};
    struct named_day days[YEAR_DAYS_MAXIMUM];
    for (size_t i = 0; i < sizeof years / sizeof years[0]; i++) {
        size_t count = calendar_year_days(calendar, years[i], days, YEAR_DAYS_MAXIMUM);
        for (size_t j = 0; j < count; j++)
            if (days[j].day < date_make(years[i], 1, 1) || days[j].day > date_make(years[i], 12, 31) || (j > 0 && days[j].day < days[j - 1].day) ||
                calendar_holiday(calendar, days[j].day) == NULL)
                abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error;
    struct conf conf;
    if (!conf_open_text(&conf, (const char *)data, size, "a-calendar.conf", &error))
        return 0;
    struct calendar *calendar = calendar_file_read(&conf);
    conf_release(&conf);
    if (calendar != NULL)
        look(calendar);
    calendar_free(calendar);
    return 0;
}
