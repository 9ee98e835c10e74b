// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/quarter_close.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "loop/timer.h"
#include "request/published.h"
#include "shared/json.h"
#include "shared/log.h"

struct quarter_close {
    struct database *database;
    const struct config *config;
    int library;
    struct timer *timer;
    bool started, failing;
};

static void rest(struct quarter_close *closing, bool soon)
{
    if (closing->started)
        timer_start(closing->timer, soon ? 0 : (uint64_t)closing->config->reminders_scan_ms, 0);
}

// Looks again after a failure too; a failure that goes on is told once.
static void fail(struct quarter_close *closing, const struct error *error)
{
    if (!closing->failing && error->code != ERROR_unavailable)
        log_error("reports: %s", error->text);
    closing->failing = true;
    rest(closing, false);
}

static void on_kept(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct quarter_close *closing = context;
    (void)json, (void)length, (void)retry;
    if (error->code != ERROR_NONE)
        fail(closing, error);
    else
        rest(closing, true); // the next quarter may be due too
}

static bool keep(struct quarter_close *closing, const json_t *facts, struct error *error)
{
    const struct principal nobody = {.library = closing->library};
    int least = closing->config->reports_k;
    json_t *tables = published_tables(facts, least, error);
    json_t *row =
        tables != NULL ? json_pack("{s:O, s:i, s:o}", "from", json_object_get(facts, "from"), "k", least, "tables", tables) : NULL;
    char *text = row != NULL ? json_dumps(row, JSON_COMPACT) : NULL;
    const char *parameters[] = {text};
    if (text != NULL) {
        log_info("reports: the quarter from %s is closed", json_text(facts, "from"));
        database_call(closing->database, &nobody, STATEMENT_report_keep, parameters, on_kept, closing);
    } else if (tables != NULL) {
        error_set(error, ERROR_unavailable, "", "dsrd is out of memory; it tries again.");
    }
    bool good = text != NULL;
    free(text);
    json_decref(row);
    return good;
}

static void on_due(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct quarter_close *closing = context;
    struct error problem = {0};
    (void)retry;
    if (error->code != ERROR_NONE) {
        fail(closing, error);
        return;
    }
    closing->failing = false;
    if (json == NULL) {
        rest(closing, false);
        return;
    }
    json_t *facts = json_loadb(json, length, 0, NULL);
    if (!keep(closing, facts, &problem))
        fail(closing, &problem);
    json_decref(facts);
}

static void look(void *context)
{
    struct quarter_close *closing = context;
    const struct principal nobody = {.library = closing->library};
    char question[48];
    if (!closing->started)
        return;
    snprintf(question, sizeof question, "{\"close_days\": %d}", closing->config->reports_close_days);
    const char *parameters[] = {question};
    database_call(closing->database, &nobody, STATEMENT_report_due, parameters, on_due, closing);
}

struct quarter_close *quarter_close_new(uv_loop_t *loop, struct database *database, const struct config *config, int library)
{
    struct quarter_close *closing = calloc(1, sizeof *closing);
    if (closing == NULL)
        return NULL;
    *closing = (struct quarter_close){.database = database, .config = config, .library = library, .timer = timer_new(loop, look, closing)};
    if (closing->timer == NULL) {
        free(closing);
        return NULL;
    }
    return closing;
}

void quarter_close_start(struct quarter_close *closing)
{
    closing->started = true;
    timer_start(closing->timer, 0, 0);
}

void quarter_close_stop(struct quarter_close *closing)
{
    closing->started = false;
    timer_stop(closing->timer);
}

void quarter_close_free(struct quarter_close *closing)
{
    if (closing == NULL)
        return;
    timer_free(closing->timer);
    free(closing);
}
