// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/purger.h"

#include <stdlib.h>
#include <time.h>

#include "database/job.h"
#include "shared/log.h"

struct purger {
    const struct config *config;
    struct job *job;
    // For how long things are kept: how often that was read, which of these readings the database is being
    // told, and was.
    int read, telling, told;
};

static void on_purged(void *context, const json_t *answer)
{
    struct purger *purger = context;
    long requests = (long)json_integer_value(json_object_get(answer, "requests"));
    long subjects = (long)json_integer_value(json_object_get(answer, "subjects"));
    bool more = json_is_true(json_object_get(answer, "more"));
    if (requests + subjects > 0)
        log_notice("purge: %ld requests and %ld subjects are gone, since their time was over", requests,
                   subjects);
    job_rest(purger->job, more || purger->told != purger->read ? 0 : purger->config->reminders_scan_ms);
}

static void on_told(void *context, const json_t *answer)
{
    struct purger *purger = context;
    (void)answer;
    purger->told = purger->telling;
    job_rest(purger->job, 0);
}

// {class: days}, each class with its own days or the common ones.
static json_t *retention_json(const struct retention *retention)
{
    const struct {
        const char *class;
        int days;
    } classes[] = {
        {"draft", retention->draft},
        {"fulfilled", retention->fulfilled},
        {"partially_fulfilled", retention->partially_fulfilled},
        {"denied", retention->denied},
        {"referred_to_library", retention->referred_to_library},
        {"no_answer", retention->no_answer},
        {"withdrawn", retention->withdrawn},
        {"abandoned", retention->abandoned},
        {"duplicate", retention->duplicate},
        {"other", retention->days},
    };
    json_t *json = json_object();
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
        if (json_object_set_new(json, classes[i].class,
                                json_integer(classes[i].days > 0 ? classes[i].days : retention->days)) != 0) {
            json_decref(json);
            return NULL;
        }
    return json;
}

static void look(void *context)
{
    struct purger *purger = context;
    if (purger->told == purger->read) {
        job_ask(purger->job, STATEMENT_purge, json_pack("{s:b, s:I}", "daily", 1, "now", (json_int_t)time(NULL)), on_purged);
        return;
    }
    purger->telling = purger->read;
    job_ask(purger->job, STATEMENT_retention_put, retention_json(&purger->config->retention), on_told);
}

struct purger *purger_new(uv_loop_t *loop, struct database *database, const struct config *config,
                          int library)
{
    struct purger *purger = calloc(1, sizeof *purger);
    if (purger == NULL)
        return NULL;
    purger->config = config;
    purger->read = 1;
    purger->job = job_new(loop, database,
                          &(struct job_plan){"purge", library, config->reminders_scan_ms, look, purger});
    if (purger->job == NULL) {
        free(purger);
        return NULL;
    }
    return purger;
}

void purger_start(struct purger *purger)
{
    job_start(purger->job);
}

void purger_reload(struct purger *purger)
{
    purger->read++;
    job_wake(purger->job, 0);
}

void purger_stop(struct purger *purger)
{
    job_stop(purger->job);
}

void purger_free(struct purger *purger)
{
    if (purger == NULL)
        return;
    job_free(purger->job);
    free(purger);
}
