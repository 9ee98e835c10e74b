// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/health_watch.h"

#include <stdlib.h>

#include "database/job.h"

enum { LOOK_MS = 5000, AGAIN_MS = 1000 };

struct health_watch {
    struct service *service;
    struct job *job;
};

void health_watch_take(struct health_watch *watch, json_t *health)
{
    json_decref(watch->service->health);
    watch->service->health = health;
    watch->service->health_at = database_now(watch->service->database);
}

static void on_health(void *context, const json_t *health)
{
    struct health_watch *watch = context;
    health_watch_take(watch, json_deep_copy(health));
    job_rest(watch->job, LOOK_MS);
}

static void look(void *context)
{
    struct health_watch *watch = context;
    job_ask(watch->job, STATEMENT_health, json_object(), on_health);
}

struct health_watch *health_watch_new(uv_loop_t *loop, struct service *service)
{
    struct health_watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL)
        return NULL;
    watch->service = service;
    watch->job = job_new(loop, service->database, &(struct job_plan){"health", 0, AGAIN_MS, look, watch});
    if (watch->job != NULL)
        return watch;
    free(watch);
    return NULL;
}

void health_watch_start(struct health_watch *watch)
{
    job_start(watch->job);
}

void health_watch_stop(struct health_watch *watch)
{
    job_stop(watch->job);
}

void health_watch_free(struct health_watch *watch)
{
    if (watch == NULL)
        return;
    job_free(watch->job);
    json_decref(watch->service->health);
    watch->service->health = NULL;
    free(watch);
}
