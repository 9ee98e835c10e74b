// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/time_watch.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "database/job.h"
#include "shared/date.h"
#include "shared/json.h"
#include "shared/log.h"

// LOOK_MS, at most: what a wrong clock has left waits so long.
enum { LOOK_MS = 10 * 1000, DAY = 24 * 60 * 60, HOUR = 60 * 60 };

struct time_watch {
    struct service *service;
    struct job *job;
    void (*good)(void *context);
    void *context;
    // By one look alone: a jump of both clocks may have come between reading one and the other.
    bool maybe_apart;
    // Since the machine was started, which no clock moves: of the question under way, and of the last one answered (0: none yet).
    int64_t asking_at, looked_at;
};

static int64_t since_start(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now); // goes on while the machine sleeps
    return now.tv_sec;
}

static enum time_doubt doubt_of(const char *word)
{
    if (word == NULL)
        return TIME_GOOD;
    if (strcmp(word, "apart") == 0)
        return TIME_APART;
    return strcmp(word, "back") == 0 ? TIME_BACK : TIME_AHEAD;
}

static void say(const struct time_watch *watch, const json_t *state)
{
    char before[DATE_TEXT_SIZE], here[DATE_TEXT_SIZE];
    int64_t now = json_integer_value(json_object_get(state, "now"));
    date_format((date)(watch->service->time.right_at / DAY), before);
    date_format((date)(now / DAY), here);
    switch (watch->service->time.doubt) {
    case TIME_GOOD: log_notice("time: the clocks are in no doubt any more"); break;
    case TIME_APART:
        log_error("time: the clocks of this machine and of the database differ by %lld seconds, so nothing "
                  "is written, purged or destroyed until they agree",
                  (long long)((int64_t)time(NULL) - now));
        break;
    case TIME_AHEAD:
    case TIME_BACK:
        log_warning("time: the database's clock says %s, and the latest moment at which it was found right "
                    "was on %s: nothing is purged, destroyed or published until an operator runs `dsrd time confirm`%s",
                    here, before,
                    watch->service->time.left_s >= 0 ? ", or it has gone on evenly for long enough" : "");
        break;
    }
}

static void on_state(void *context, const json_t *state)
{
    struct time_watch *watch = context;
    const struct config *config = watch->service->config;
    watch->looked_at = watch->asking_at;
    enum time_doubt before = watch->service->time.doubt;
    enum time_doubt found = doubt_of(json_text(state, "doubt"));
    bool again = found == TIME_APART && before != TIME_APART && !watch->maybe_apart;
    watch->maybe_apart = again;
    if (again) {
        job_rest(watch->job, 0);
        return;
    }
    int64_t left =
        (int64_t)config->time_wait_hours * HOUR - json_integer_value(json_object_get(state, "stood_s"));
    watch->service->time =
        (struct time_state){.doubt = found,
                            .right_at = json_integer_value(json_object_get(state, "right_at")),
                            .left_s = config->time_wait_hours == 0 ? -1
                                      : left > 0                   ? left
                                                                   : 0};
    if (watch->service->time.doubt != before)
        say(watch, state);
    if (watch->service->time.doubt == TIME_GOOD && before != TIME_GOOD)
        watch->good(watch->context);
    job_rest(watch->job, config->reminders_scan_ms < LOOK_MS ? config->reminders_scan_ms : LOOK_MS);
}

static void look(void *context)
{
    struct time_watch *watch = context;
    const struct config *config = watch->service->config;
    watch->asking_at = since_start();
    json_t *question = json_pack("{s:I, s:i, s:i}", "now", (json_int_t)time(NULL), "jump_days",
                                 config->time_jump_days, "wait_hours", config->time_wait_hours);
    if (question != NULL && watch->looked_at != 0)
        json_object_set_new(question, "elapsed_s", json_integer(watch->asking_at - watch->looked_at));
    job_ask(watch->job, STATEMENT_time_look, question, on_state);
}

struct time_watch *time_watch_new(uv_loop_t *loop, struct service *service, void (*good)(void *context),
                                  void *context)
{
    struct time_watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL)
        return NULL;
    *watch = (struct time_watch){.service = service, .good = good, .context = context};
    watch->job = job_new(loop, service->database, &(struct job_plan){"time", 0, LOOK_MS, look, watch});
    if (watch->job == NULL) {
        free(watch);
        return NULL;
    }
    return watch;
}

void time_watch_start(struct time_watch *watch)
{
    job_start(watch->job);
}

void time_watch_stop(struct time_watch *watch)
{
    job_stop(watch->job);
}

void time_watch_free(struct time_watch *watch)
{
    if (watch == NULL)
        return;
    job_free(watch->job);
    free(watch);
}
