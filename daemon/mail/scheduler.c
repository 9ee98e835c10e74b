// SPDX-License-Identifier: GPL-3.0-or-later
#include "mail/scheduler.h"

#include <stdlib.h>

#include "database/conninfo.h"
#include "database/job.h"
#include "shared/failpoint.h"
#include "shared/log.h"

enum {
    BATCH = 1000,
    GATHER_DELAY_MS = 20,
    TURN_MS = 1000, // the loop may come to what is due so late
};

struct scheduler {
    const struct config *config;
    struct job *job;
};

static void on_gathered(void *context, const json_t *answer)
{
    struct scheduler *scheduler = context;
    if (FAILPOINT(scheduler_gathered))
        answer = NULL;
    // When another one is at it just now, its last look counts: one that holds everybody up does not get to an end.
    const json_t *looked_ms = json_object_get(answer, "looked_ms");
    if (!json_is_true(json_object_get(answer, "busy")))
        job_moved(scheduler->job, 0);
    else if (json_is_integer(looked_ms))
        job_moved(scheduler->job, (uint64_t)json_integer_value(looked_ms));
    long mails = (long)json_integer_value(json_object_get(answer, "messages"));
    long reminders = (long)json_integer_value(json_object_get(answer, "reminders"));
    if (mails > 0)
        log_info("scheduler: %ld reminders put into %ld mails", reminders, mails);
    job_rest(scheduler->job, json_is_true(json_object_get(answer, "more"))
                                 ? GATHER_DELAY_MS
                                 : scheduler->config->reminders_scan_ms);
}

static void look(void *context)
{
    struct scheduler *scheduler = context;
    const struct config *config = scheduler->config;
    if (FAILPOINT(scheduler_asks)) {
        job_rest(scheduler->job, config->reminders_scan_ms);
        return;
    }
    job_ask(scheduler->job, STATEMENT_reminders_gather,
            json_pack("{s:i, s:i, s:s, s:s, s:b, s:b, s:b}", "limit", BATCH, "every_ms",
                      config->reminders_scan_ms, "quiet_from", config->reminders_quiet_from, "quiet_until", config->reminders_quiet_until, "weekends",
                      config->reminders_weekends, "digest", config->reminders_manager_digest, "audit",
                      config->audit_officer_mail),
            on_gathered);
}

struct scheduler *scheduler_new(uv_loop_t *loop, struct database *database, const struct config *config,
                                int library)
{
    struct scheduler *scheduler = calloc(1, sizeof *scheduler);
    if (scheduler == NULL)
        return NULL;
    scheduler->config = config;
    scheduler->job = job_new(
        loop, database, &(struct job_plan){"scheduler", library, config->reminders_scan_ms, look, scheduler});
    if (scheduler->job == NULL) {
        free(scheduler);
        return NULL;
    }
    return scheduler;
}

void scheduler_start(struct scheduler *scheduler)
{
    job_start(scheduler->job);
}

void scheduler_wake(struct scheduler *scheduler)
{
    job_wake(scheduler->job, GATHER_DELAY_MS);
}

bool scheduler_is_stuck(const struct scheduler *scheduler)
{
    const struct config *config = scheduler->config;
    return job_unmoved_ms(scheduler->job) >
           (uint64_t)config->reminders_scan_ms + (uint64_t)config->database_statement_timeout_ms + SESSION_MARGIN_MS + TURN_MS;
}

void scheduler_stop(struct scheduler *scheduler)
{
    job_stop(scheduler->job);
}

void scheduler_free(struct scheduler *scheduler)
{
    if (scheduler == NULL)
        return;
    job_free(scheduler->job);
    free(scheduler);
}
