// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/dates.h"

#include <time.h>

#include "shared/date.h"

bool dates_set(json_t *body, const char *member, const char *text, struct error *error)
{
    time_t now = time(NULL);
    struct tm local;
    date day;
    char iso[DATE_TEXT_SIZE];
    if (text == NULL)
        return true;
    if (localtime_r(&now, &local) == NULL ||
        !date_parse_human(text, date_make(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday), &day))
        return error_set(error, ERROR_malformed, member, "%s: \"%s\" is no day; write 2026-11-23, today, yesterday or \"3 days ago\".", member, text);
    return json_object_set_new(body, member, json_string(date_format(day, iso))) == 0;
}
