// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/calendar_watch.h"

#include <stdlib.h>
#include <time.h>

#include "loop/timer.h"
#include "shared/json.h"
#include "shared/log.h"
#include "shared/zone.h"

enum { WARN_DAYS = 365, LOOK_MS = 24 * 60 * 60 * 1000, AGAIN_MS = 60 * 1000 };

struct calendar_watch {
    struct service *service;
    struct timer *timer;
    bool started;
};

// [{"calendar", "until", "laws": [...]}] of those whose yearly days end within WARN_DAYS, or have ended.
static json_t *ending_calendars(const struct service *service)
{
    char text[DATE_TEXT_SIZE];
    date today = zone_date(time(NULL), service->config->library_zone);
    json_t *ending = json_array();
    for (size_t i = 0; i < catalogue_calendar_count(service->catalogue); i++) {
        const struct calendar *calendar = catalogue_calendar_at(service->catalogue, i);
        date until = calendar_horizon(calendar);
        if (until == DATE_NONE || until > today + WARN_DAYS)
            continue;
        json_t *laws = json_array();
        for (size_t j = 0; j < catalogue_law_count(service->catalogue); j++)
            if (law_counts_by(catalogue_law_at(service->catalogue, j), calendar))
                json_array_append_new(laws, json_string(law_id(catalogue_law_at(service->catalogue, j))));
        json_array_append_new(ending, json_pack("{s:s, s:s, s:o}", "calendar", calendar_id(calendar), "until", date_format(until, text), "laws", laws));
    }
    return ending;
}

static void on_used(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct calendar_watch *watch = context;
    size_t index;
    json_t *warning;
    (void)retry;
    if (!watch->started)
        return;
    timer_start(watch->timer, error->code != ERROR_NONE ? AGAIN_MS : LOOK_MS, 0);
    if (error->code != ERROR_NONE)
        return;
    json_decref(watch->service->calendar_warnings);
    watch->service->calendar_warnings = json_loadb(json, length, 0, NULL);
    json_array_foreach(watch->service->calendar_warnings, index, warning)
        log_warning("the calendar %s knows its yearly days only until %s: dates after that are not certain; newer days go into its file",
                    json_text(warning, "calendar"), json_text(warning, "until"));
}

static void look(void *context)
{
    struct calendar_watch *watch = context;
    const struct principal nobody = {.library = 0}; // it is about all of them
    json_t *ending = ending_calendars(watch->service);
    char *text = json_dumps(ending, JSON_COMPACT);
    json_decref(ending);
    const char *parameters[] = {text};
    if (text != NULL)
        database_call(watch->service->database, &nobody, STATEMENT_calendars_in_use, parameters, on_used, watch);
    else
        timer_start(watch->timer, AGAIN_MS, 0);
    free(text);
}

struct calendar_watch *calendar_watch_new(uv_loop_t *loop, struct service *service)
{
    struct calendar_watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL)
        return NULL;
    *watch = (struct calendar_watch){.service = service, .timer = timer_new(loop, look, watch)};
    if (watch->timer == NULL) {
        free(watch);
        return NULL;
    }
    return watch;
}

void calendar_watch_start(struct calendar_watch *watch)
{
    watch->started = true;
    timer_start(watch->timer, 0, 0);
}

void calendar_watch_stop(struct calendar_watch *watch)
{
    watch->started = false;
    timer_stop(watch->timer);
}

void calendar_watch_free(struct calendar_watch *watch)
{
    if (watch == NULL)
        return;
    timer_free(watch->timer);
    json_decref(watch->service->calendar_warnings);
    watch->service->calendar_warnings = NULL;
    free(watch);
}
