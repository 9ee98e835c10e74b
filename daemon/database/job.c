// SPDX-License-Identifier: GPL-3.0-or-later
#include "database/job.h"

#include <stdlib.h>

#include "loop/timer.h"
#include "shared/json.h"
#include "shared/log.h"
#include "shared/memory.h"

struct job {
    struct job_plan plan;
    uv_loop_t *loop;
    uint64_t moved_at;
    struct database *database;
    struct timer *timer;
    void (*answered)(void *context, const json_t *answer);
    bool started, failing;
    bool asking; // or working
    bool woken; // meanwhile
    int woken_pause_ms;
    unsigned long memory; // allocations that had failed when the next question was begun
};

static void on_timer(void *context)
{
    struct job *job = context;
    job->memory = memory_failures();
    if (job->started && !job->asking)
        job->plan.look(job->plan.context);
}

struct job *job_new(uv_loop_t *loop, struct database *database, const struct job_plan *plan)
{
    struct job *job = calloc(1, sizeof *job);
    if (job == NULL)
        return NULL;
    *job = (struct job){.plan = *plan, .loop = loop, .database = database, .timer = timer_new(loop, on_timer, job)};
    if (job->timer == NULL) {
        free(job);
        return NULL;
    }
    return job;
}

void job_start(struct job *job)
{
    job->started = true;
    job_moved(job, 0);
    job_rest(job, 0);
}

void job_rest(struct job *job, int pause_ms)
{
    bool sooner = job->woken && job->woken_pause_ms < pause_ms;
    if (job->started && !job->asking)
        timer_start(job->timer, (uint64_t)(sooner ? job->woken_pause_ms : pause_ms), 0);
    job->woken = false;
}

void job_wake(struct job *job, int pause_ms)
{
    if (!job->asking) {
        // Never later than it would look anyway: else who is woken again and again would never look.
        if ((uint64_t)pause_ms < timer_due_in_ms(job->timer))
            job_rest(job, pause_ms);
        return;
    }
    job->woken = true;
    job->woken_pause_ms = pause_ms;
}

void job_fail(struct job *job, const struct error *error)
{
    if (!job->failing && error->code != ERROR_unavailable)
        log_error("%s: %s", job->plan.name, error->text);
    job->failing = true;
    job_moved(job, 0);
    job_rest(job, job->plan.again_ms);
}

// Who was told meanwhile that there is something to do, and did not go on by itself, looks when it was told to.
static void mind_wake(struct job *job)
{
    if (job->woken && !job->asking)
        job_rest(job, job->woken_pause_ms);
}

static void on_answer(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct job *job = context;
    job->asking = false;
    if (retry || error->code != ERROR_NONE) {
        if (retry) // what was worked out is out of date
            job_rest(job, 0);
        else
            job_fail(job, error);
        return;
    }
    job->memory = memory_failures();
    json_t *answer = json != NULL ? json_read(json, length, JSON_DECODE_ANY, NULL) : NULL;
    if (json != NULL && answer == NULL) {
        job_rest(job, job->plan.again_ms);
        return;
    }
    job->failing = false;
    job->answered(job->plan.context, answer);
    json_decref(answer);
    mind_wake(job);
}

void job_ask(struct job *job, enum statement statement, json_t *question,
             void (*answered)(void *context, const json_t *answer))
{
    const struct principal nobody = {.library = job->plan.library};
    char *text = question != NULL ? json_dumps(question, JSON_COMPACT) : NULL;
    const char *parameters[] = {text};
    json_decref(question);
    if (text == NULL || memory_failures() != job->memory) { // or it lacks a part
        free(text);
        job_rest(job, job->plan.again_ms);
        return;
    }
    job->asking = true;
    job->answered = answered;
    database_call(job->database, &nobody, statement, parameters, on_answer, job);
    free(text);
}

struct work {
    uv_work_t request;
    struct job *job;
    void (*work)(void *context);
    void (*worked)(void *context);
};

static void on_thread(uv_work_t *request)
{
    const struct work *work = request->data;
    work->work(work->job->plan.context);
}

static void on_worked(uv_work_t *request, int status)
{
    struct work *work = request->data;
    struct job *job = work->job;
    (void)status; // it is never cancelled
    job->asking = false;
    work->worked(job->plan.context);
    free(work);
    mind_wake(job);
}

bool job_work(struct job *job, void (*work)(void *context), void (*worked)(void *context))
{
    struct work *given = calloc(1, sizeof *given);
    if (given != NULL) {
        *given = (struct work){.job = job, .work = work, .worked = worked};
        given->request.data = given;
        job->asking = uv_queue_work(job->loop, &given->request, on_thread, on_worked) == 0;
    }
    if (job->asking)
        return true;
    free(given);
    job_rest(job, job->plan.again_ms);
    return false;
}

void job_moved(struct job *job, uint64_t ago_ms)
{
    uint64_t now = uv_now(job->loop), at = now > ago_ms ? now - ago_ms : 0;
    if (at > job->moved_at)
        job->moved_at = at;
}

uint64_t job_unmoved_ms(const struct job *job)
{
    return job->started ? uv_now(job->loop) - job->moved_at : 0;
}

bool job_is_started(const struct job *job)
{
    return job->started;
}

void job_stop(struct job *job)
{
    job->started = false;
    timer_stop(job->timer);
}

void job_free(struct job *job)
{
    if (job == NULL)
        return;
    timer_free(job->timer);
    free(job);
}
