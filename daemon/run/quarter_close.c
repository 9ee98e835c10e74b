// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/quarter_close.h"

#include <stdlib.h>
#include <time.h>

#include "database/job.h"
#include "request/published.h"
#include "shared/json.h"
#include "shared/log.h"

struct quarter_close {
    const struct config *config;
    struct job *job;
    // Of the quarter that is being closed.
    json_t *facts, *tables;
    int least;
    struct error error;
};

static void on_kept(void *context, const json_t *answer)
{
    struct quarter_close *closing = context;
    (void)answer;
    job_rest(closing->job, 0); // the next quarter may be due too
}

// On a thread: with some hundred vendors it takes the better part of a second.
static void work_out(void *context)
{
    struct quarter_close *closing = context;
    closing->tables = published_tables(closing->facts, closing->least, &closing->error);
}

static void forget(struct quarter_close *closing)
{
    json_decref(closing->facts);
    json_decref(closing->tables);
    closing->facts = closing->tables = NULL;
}

static void on_worked_out(void *context)
{
    struct quarter_close *closing = context;
    json_t *from = json_object_get(closing->facts, "from");
    if (closing->tables == NULL) {
        job_fail(closing->job, &closing->error);
    } else if (job_is_started(closing->job)) { // else the next start closes it
        log_info("reports: the quarter from %s is closed", json_string_value(from));
        job_ask(closing->job, STATEMENT_report_keep,
                json_pack("{s:O, s:i, s:O}", "from", from, "k", closing->least, "tables", closing->tables), on_kept);
    }
    forget(closing);
}

// NULL answer: none is due.
static void on_due(void *context, const json_t *facts)
{
    struct quarter_close *closing = context;
    if (facts == NULL) {
        job_rest(closing->job, closing->config->reminders_scan_ms);
        return;
    }
    closing->facts = json_deep_copy(facts); // its own: the loop goes on with the answer meanwhile
    closing->least = closing->config->reports_k;
    if (closing->facts == NULL)
        job_rest(closing->job, closing->config->reminders_scan_ms);
    else if (!job_work(closing->job, work_out, on_worked_out))
        forget(closing);
}

static void look(void *context)
{
    struct quarter_close *closing = context;
    job_ask(closing->job, STATEMENT_report_due,
            json_pack("{s:i, s:I}", "close_days", closing->config->reports_close_days, "now", (json_int_t)time(NULL)),
            on_due);
}

struct quarter_close *quarter_close_new(uv_loop_t *loop, struct database *database,
                                        const struct config *config, int library)
{
    struct quarter_close *closing = calloc(1, sizeof *closing);
    if (closing == NULL)
        return NULL;
    closing->config = config;
    closing->job = job_new(loop, database,
                           &(struct job_plan){"reports", library, config->reminders_scan_ms, look, closing});
    if (closing->job == NULL) {
        free(closing);
        return NULL;
    }
    return closing;
}

void quarter_close_start(struct quarter_close *closing)
{
    job_start(closing->job);
}

void quarter_close_stop(struct quarter_close *closing)
{
    job_stop(closing->job);
}

void quarter_close_free(struct quarter_close *closing)
{
    if (closing == NULL)
        return;
    job_free(closing->job);
    free(closing);
}
