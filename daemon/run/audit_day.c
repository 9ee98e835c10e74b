// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/audit_day.h"

#include <stdlib.h>
#include <time.h>

#include "database/job.h"
#include "shared/json.h"
#include "shared/log.h"
#include "shared/zone.h"

// LOOK_S: the clock may be set, and a machine may sleep; so it is looked at now and then. BATCH: entries
// taken away in one transaction.
enum { LOOK_S = 60, AGAIN_MS = 30000, BATCH = 10000 };

struct audit_day {
    struct service *service;
    int library;
    struct job *job;
    date done; // the day that has had its turn
    date asked;
    long taken;
};

static const char *zone_of(const struct audit_day *day)
{
    return libraries_find(day->service->libraries, day->library)->zone;
}

static void wait_for_midnight(struct audit_day *day)
{
    date today;
    int minute, offset;
    time_t now = time(NULL);
    zone_local(now, zone_of(day), &today, &minute, &offset);
    long left = (24 * 60 - minute) * 60L - now % 60;
    job_rest(day->job, (int)(left < LOOK_S ? left : LOOK_S) * 1000);
}

static void log_head(const char *chain, const char *head)
{
    if (head != NULL)
        log_notice("audit: %s head %s", chain, head);
}

static void on_day(void *context, const json_t *answer)
{
    struct audit_day *day = context;
    char chain[32];
    const json_t *heads = json_object_get(answer, "heads");
    day->taken += (long)json_integer_value(json_object_get(answer, "taken"));
    if (json_is_true(json_object_get(answer, "more"))) {
        job_rest(day->job, 0);
        return;
    }
    if (day->taken > 0)
        log_notice("audit: %ld entries older than %d days are taken away", day->taken,
                   day->service->config->audit_keep_days);
    snprintf(chain, sizeof chain, "library %d", day->library);
    log_head(chain, json_text(heads, "library"));
    if (libraries_at(day->service->libraries, 0)->id == day->library) // it is of them all
        log_head("system", json_text(heads, "system"));
    day->taken = 0;
    day->done = day->asked;
    wait_for_midnight(day);
}

static void look(void *context)
{
    struct audit_day *day = context;
    day->asked = zone_date(time(NULL), zone_of(day));
    if (day->asked == day->done)
        wait_for_midnight(day);
    else
        job_ask(day->job, STATEMENT_audit_day,
                json_pack("{s:i, s:i, s:I}", "keep_days", day->service->config->audit_keep_days, "limit", BATCH, "now",
                          (json_int_t)time(NULL)),
                on_day);
}

struct audit_day *audit_day_new(uv_loop_t *loop, struct service *service, int library)
{
    struct audit_day *day = calloc(1, sizeof *day);
    if (day == NULL)
        return NULL;
    *day = (struct audit_day){.service = service, .library = library, .done = DATE_NONE};
    day->job = job_new(loop, service->database, &(struct job_plan){"audit", library, AGAIN_MS, look, day});
    if (day->job == NULL) {
        free(day);
        return NULL;
    }
    return day;
}

void audit_day_start(struct audit_day *day)
{
    job_start(day->job);
}

void audit_day_stop(struct audit_day *day)
{
    job_stop(day->job);
}

void audit_day_free(struct audit_day *day)
{
    if (day == NULL)
        return;
    job_free(day->job);
    free(day);
}
