// SPDX-License-Identifier: GPL-3.0-or-later
#include "mail/scheduler.h"

#include <jansson.h>
#include <stdlib.h>

#include "loop/timer.h"
#include "shared/log.h"

enum { BATCH = 1000, GATHER_DELAY_MS = 20 };

struct scheduler {
    struct database *database;
    const struct config *config;
    int library;
    struct timer *timer;
    bool started, looking, again, failing;
};

static void look(void *context);

static void rest(struct scheduler *scheduler, bool soon)
{
    if (!scheduler->started)
        return;
    uint64_t pause = (uint64_t)scheduler->config->reminders_scan_ms;
    timer_start(scheduler->timer, soon ? GATHER_DELAY_MS : pause, 0);
}

static void on_gathered(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct scheduler *scheduler = context;
    (void)retry;
    scheduler->looking = false;
    bool again = scheduler->again;
    scheduler->again = false;
    if (error->code != ERROR_NONE) {
        if (!scheduler->failing && error->code != ERROR_unavailable)
            log_error("scheduler: %s", error->text);
        scheduler->failing = true;
        rest(scheduler, false);
        return;
    }
    scheduler->failing = false;
    json_t *answer = json_loadb(json, length, 0, NULL);
    long mails = (long)json_integer_value(json_object_get(answer, "messages"));
    long reminders = (long)json_integer_value(json_object_get(answer, "reminders"));
    bool more = json_is_true(json_object_get(answer, "more"));
    json_decref(answer);
    if (mails > 0)
        log_info("scheduler: %ld reminders put into %ld mails", reminders, mails);
    rest(scheduler, more || again);
}

static void look(void *context)
{
    struct scheduler *scheduler = context;
    const struct config *config = scheduler->config;
    const struct principal nobody = {.library = scheduler->library};
    if (!scheduler->started)
        return;
    if (scheduler->looking) {
        scheduler->again = true;
        return;
    }
    json_t *question = json_pack("{s:i, s:s, s:s, s:b, s:b, s:b}", "limit", BATCH, "quiet_from", config->reminders_quiet_from, "quiet_until",
                                 config->reminders_quiet_until, "weekends", config->reminders_weekends, "digest",
                                 config->reminders_manager_digest, "audit", config->audit_officer_mail);
    char *text = question != NULL ? json_dumps(question, JSON_COMPACT) : NULL;
    json_decref(question);
    if (text == NULL) {
        rest(scheduler, false);
        return;
    }
    const char *parameters[] = {text};
    scheduler->looking = true;
    database_call(scheduler->database, &nobody, STATEMENT_reminders_gather, parameters, on_gathered, scheduler);
    free(text);
}

struct scheduler *scheduler_new(uv_loop_t *loop, struct database *database, const struct config *config, int library)
{
    struct scheduler *scheduler = calloc(1, sizeof *scheduler);
    if (scheduler == NULL)
        return NULL;
    *scheduler = (struct scheduler){.database = database, .config = config, .library = library, .timer = timer_new(loop, look, scheduler)};
    if (scheduler->timer == NULL) {
        free(scheduler);
        return NULL;
    }
    return scheduler;
}

void scheduler_start(struct scheduler *scheduler)
{
    scheduler->started = true;
    timer_start(scheduler->timer, 0, 0);
}

void scheduler_wake(struct scheduler *scheduler)
{
    if (scheduler->looking)
        scheduler->again = true;
    else
        rest(scheduler, true);
}

void scheduler_stop(struct scheduler *scheduler)
{
    scheduler->started = false;
    timer_stop(scheduler->timer);
}

void scheduler_free(struct scheduler *scheduler)
{
    if (scheduler == NULL)
        return;
    timer_free(scheduler->timer);
    free(scheduler);
}
