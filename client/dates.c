// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/dates.h"

#include <time.h>

#include "shared/json.h"
#include "shared/memory.h"

date dates_today(void)
{
    time_t now = time(NULL);
    struct tm local;
    return localtime_r(&now, &local) != NULL ? date_make(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday) : DATE_NONE;
}

bool dates_read(const char *member, const char *text, date today, date *day, struct error *error)
{
    return date_parse_human(text, today, day) ||
           error_set(error, ERROR_malformed, member, "%s: \"%s\" is no day; write 2026-11-23, today, yesterday or \"3 days ago\".", member, text);
}

bool dates_set_event(json_t *body, const char *member, const char *text, struct error *error)
{
    date day;
    return text == NULL || (dates_read(member, text, dates_today(), &day, error) && (json_object_set_new(body, member, json_string(text)) == 0 || memory_error(error)));
}

// Today by the library's calendar: one day for a whole command.
static bool ask_today(struct client *client, struct error *error)
{
    if (client->knows_today)
        return true;
    json_t *status = client_call(client, "GET", "/v1/status", NULL, error);
    const char *text = json_text(status, "today");
    client->knows_today = status != NULL && ((text != NULL && date_parse(text, &client->today)) ||
                                             error_set(error, ERROR_internal, "today", "dsrd does not say what day it is."));
    json_decref(status);
    return client->knows_today;
}

bool dates_read_here(struct client *client, const char *member, const char *text, date *day, struct error *error)
{
    return date_parse(text, day) ||
           // What is no day at all is refused without a call.
           (dates_read(member, text, dates_today(), day, error) && ask_today(client, error) && dates_read(member, text, client->today, day, error));
}

bool dates_set(struct client *client, json_t *body, const char *member, const char *text, struct error *error)
{
    date day;
    char iso[DATE_TEXT_SIZE];
    return text == NULL || (dates_read_here(client, member, text, &day, error) &&
                            (json_object_set_new(body, member, json_string(date_format(day, iso))) == 0 || memory_error(error)));
}
