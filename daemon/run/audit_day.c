// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/audit_day.h"

#include <stdlib.h>
#include <time.h>

#include "loop/timer.h"
#include "shared/json.h"
#include "shared/log.h"
#include "shared/zone.h"

// LOOK_S: the clock may be set, and a machine may sleep; so it is looked at now and then. BATCH: entries taken away in one transaction.
enum { LOOK_S = 60, AGAIN_MS = 30000, BATCH = 10000 };

struct audit_day {
    struct service *service;
    int library;
    struct timer *timer;
    date done; // the day that has had its turn
    date asked;
    long taken;
    bool started;
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
    timer_start(day->timer, (uint64_t)(left < LOOK_S ? left : LOOK_S) * 1000, 0);
}

static void log_head(const char *chain, const char *head)
{
    if (head != NULL)
        log_notice("audit: %s head %s", chain, head);
}

static void on_day(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct audit_day *day = context;
    char chain[32];
    (void)retry;
    if (!day->started)
        return;
    if (error->code != ERROR_NONE) {
        if (error->code != ERROR_unavailable)
            log_error("audit: %s", error->text);
        timer_start(day->timer, AGAIN_MS, 0);
        return;
    }
    json_t *answer = json_loadb(json, length, 0, NULL);
    const json_t *heads = json_object_get(answer, "heads");
    day->taken += (long)json_integer_value(json_object_get(answer, "taken"));
    if (json_is_true(json_object_get(answer, "more"))) {
        timer_start(day->timer, 0, 0);
    } else {
        if (day->taken > 0)
            log_notice("audit: %ld entries older than %d days are taken away", day->taken, day->service->config->audit_keep_days);
        snprintf(chain, sizeof chain, "library %d", day->library);
        log_head(chain, json_text(heads, "library"));
        if (libraries_at(day->service->libraries, 0)->id == day->library) // it is of them all
            log_head("system", json_text(heads, "system"));
        day->taken = 0;
        day->done = day->asked;
        wait_for_midnight(day);
    }
    json_decref(answer);
}

static void look(void *context)
{
    struct audit_day *day = context;
    const struct principal nobody = {.library = day->library};
    char text[64];
    day->asked = zone_date(time(NULL), zone_of(day));
    if (day->asked == day->done) {
        wait_for_midnight(day);
        return;
    }
    snprintf(text, sizeof text, "{\"keep_days\": %d, \"limit\": %d}", day->service->config->audit_keep_days, BATCH);
    const char *parameters[] = {text};
    database_call(day->service->database, &nobody, STATEMENT_audit_day, parameters, on_day, day);
}

struct audit_day *audit_day_new(uv_loop_t *loop, struct service *service, int library)
{
    struct audit_day *day = calloc(1, sizeof *day);
    if (day == NULL)
        return NULL;
    *day = (struct audit_day){.service = service, .library = library, .timer = timer_new(loop, look, day), .done = DATE_NONE};
    if (day->timer == NULL) {
        free(day);
        return NULL;
    }
    return day;
}

void audit_day_start(struct audit_day *day)
{
    day->started = true;
    timer_start(day->timer, 0, 0);
}

void audit_day_stop(struct audit_day *day)
{
    day->started = false;
    timer_stop(day->timer);
}

void audit_day_free(struct audit_day *day)
{
    if (day == NULL)
        return;
    timer_free(day->timer);
    free(day);
}
