// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/library_jobs.h"

#include <stdlib.h>

#include "mail/scheduler.h"
#include "run/audit_day.h"
#include "run/letter_log.h"
#include "run/purger.h"
#include "run/quarter_close.h"
#include "shared/log.h"

struct jobs_of_one {
    int library;
    struct scheduler *scheduler;
    struct quarter_close *quarter_close;
    struct purger *purger;
    struct audit_day *audit_day;
    struct letter_log *letter_log;
};

struct library_jobs {
    uv_loop_t *loop;
    struct service *service;
    struct jobs_of_one *list;
    size_t count;
    bool stopped;
};

struct library_jobs *library_jobs_new(uv_loop_t *loop, struct service *service)
{
    struct library_jobs *jobs = calloc(1, sizeof *jobs);
    if (jobs != NULL)
        *jobs = (struct library_jobs){.loop = loop, .service = service};
    return jobs;
}

static void free_one(struct jobs_of_one *one)
{
    scheduler_free(one->scheduler);
    quarter_close_free(one->quarter_close);
    purger_free(one->purger);
    audit_day_free(one->audit_day);
    letter_log_free(one->letter_log);
}

static bool has(const struct library_jobs *jobs, int library)
{
    for (size_t i = 0; i < jobs->count; i++)
        if (jobs->list[i].library == library)
            return true;
    return false;
}

static bool add(struct library_jobs *jobs, int library)
{
    const struct service *service = jobs->service;
    struct jobs_of_one *longer = realloc(jobs->list, (jobs->count + 1) * sizeof *longer);
    if (longer == NULL)
        return false;
    jobs->list = longer;
    struct jobs_of_one *one = &longer[jobs->count];
    *one =
        (struct jobs_of_one){library, scheduler_new(jobs->loop, service->database, service->config, library),
                             quarter_close_new(jobs->loop, service->database, service->config, library),
                             purger_new(jobs->loop, service->database, service->config, library),
                             audit_day_new(jobs->loop, jobs->service, library),
                                letter_log_new(jobs->loop, jobs->service, library)};
    if (one->scheduler == NULL || one->quarter_close == NULL || one->purger == NULL ||
        one->audit_day == NULL || one->letter_log == NULL) {
        free_one(one);
        return false;
    }
    jobs->count++;
    scheduler_start(one->scheduler);
    quarter_close_start(one->quarter_close);
    audit_day_start(one->audit_day);
    letter_log_start(one->letter_log);
    purger_start(one->purger);
    return true;
}

void library_jobs_start(struct library_jobs *jobs)
{
    for (size_t i = 0; !jobs->stopped && i < libraries_count(jobs->service->libraries); i++) {
        int library = libraries_at(jobs->service->libraries, i)->id;
        if (!has(jobs, library) && !add(jobs, library))
            log_error("no memory for the reminders of library %d; they begin when there is some",
                      library); // at the next look
    }
}

void library_jobs_wake(struct library_jobs *jobs, int library)
{
    for (size_t i = 0; i < jobs->count; i++)
        if (library == 0 || jobs->list[i].library == library)
            scheduler_wake(jobs->list[i].scheduler);
}

void library_jobs_log_letters(struct library_jobs *jobs, int library)
{
    for (size_t i = 0; i < jobs->count; i++)
        if (jobs->list[i].library == library)
            letter_log_wake(jobs->list[i].letter_log);
}

void library_jobs_reload(struct library_jobs *jobs)
{
    library_jobs_wake(jobs, 0);
    for (size_t i = 0; i < jobs->count; i++)
        purger_reload(jobs->list[i].purger);
}

int library_jobs_stuck(const struct library_jobs *jobs)
{
    for (size_t i = 0; !jobs->stopped && i < jobs->count; i++)
        if (scheduler_is_stuck(jobs->list[i].scheduler))
            return jobs->list[i].library;
    return 0;
}

void library_jobs_stop(struct library_jobs *jobs)
{
    jobs->stopped = true;
    for (size_t i = 0; i < jobs->count; i++) {
        scheduler_stop(jobs->list[i].scheduler);
        quarter_close_stop(jobs->list[i].quarter_close);
        purger_stop(jobs->list[i].purger);
        audit_day_stop(jobs->list[i].audit_day);
        letter_log_stop(jobs->list[i].letter_log);
    }
}

void library_jobs_free(struct library_jobs *jobs)
{
    if (jobs == NULL)
        return;
    for (size_t i = 0; i < jobs->count; i++)
        free_one(&jobs->list[i]);
    free(jobs->list);
    free(jobs);
}
