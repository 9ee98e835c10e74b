// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/calendar_watch.h"

#include <stdlib.h>
#include <time.h>

#include "database/job.h"
#include "shared/json.h"
#include "shared/log.h"
#include "shared/zone.h"

enum { WARN_DAYS = 365, LOOK_MS = 24 * 60 * 60 * 1000, AGAIN_MS = 60 * 1000 };

struct calendar_watch {
    struct service *service;
    struct job *job;
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
        json_array_append_new(ending, json_pack("{s:s, s:s, s:o}", "calendar", calendar_id(calendar), "until",
                                                date_format(until, text), "laws", laws));
    }
    return ending;
}

static void on_used(void *context, const json_t *used)
{
    struct calendar_watch *watch = context;
    size_t index;
    json_t *warning;
    json_decref(watch->service->calendar_warnings);
    watch->service->calendar_warnings = json_deep_copy(used);
    json_array_foreach(watch->service->calendar_warnings, index, warning)
        log_warning("the calendar %s knows its yearly days only until %s: dates after that are not certain; "
                    "newer days go into its file",
                    json_text(warning, "calendar"), json_text(warning, "until"));
    job_rest(watch->job, LOOK_MS);
}

static void look(void *context)
{
    struct calendar_watch *watch = context;
    job_ask(watch->job, STATEMENT_calendars_in_use, ending_calendars(watch->service), on_used);
}

struct calendar_watch *calendar_watch_new(uv_loop_t *loop, struct service *service)
{
    struct calendar_watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL)
        return NULL;
    watch->service = service;
    watch->job = job_new(loop, service->database, &(struct job_plan){"calendars", 0, AGAIN_MS, look, watch});
    if (watch->job == NULL) {
        free(watch);
        return NULL;
    }
    return watch;
}

void calendar_watch_start(struct calendar_watch *watch)
{
    if (job_is_started(watch->job))
        job_wake(watch->job, 0);
    else
        job_start(watch->job);
}

void calendar_watch_stop(struct calendar_watch *watch)
{
    job_stop(watch->job);
}

void calendar_watch_free(struct calendar_watch *watch)
{
    if (watch == NULL)
        return;
    job_free(watch->job);
    json_decref(watch->service->calendar_warnings);
    watch->service->calendar_warnings = NULL;
    free(watch);
}
