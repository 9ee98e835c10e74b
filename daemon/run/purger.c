// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/purger.h"

#include <jansson.h>
#include <stdlib.h>

#include "loop/timer.h"
#include "shared/log.h"

struct purger {
    struct database *database;
    const struct config *config;
    int library;
    struct timer *timer;
    bool started, told, asking, failing;
};

static void look(void *context);

static void rest(struct purger *purger, bool soon)
{
    if (purger->started)
        timer_start(purger->timer, soon ? 0 : (uint64_t)purger->config->reminders_scan_ms, 0);
}

// Whether the answer is an error, which is logged once as long as it lasts.
static bool failed(struct purger *purger, const struct error *error)
{
    purger->asking = false;
    if (error->code == ERROR_NONE) {
        purger->failing = false;
        return false;
    }
    if (!purger->failing && error->code != ERROR_unavailable)
        log_error("purge: %s", error->text);
    purger->failing = true;
    rest(purger, false);
    return true;
}

static void on_purged(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct purger *purger = context;
    (void)retry;
    if (failed(purger, error))
        return;
    json_t *answer = json_loadb(json, length, 0, NULL);
    long requests = (long)json_integer_value(json_object_get(answer, "requests"));
    long subjects = (long)json_integer_value(json_object_get(answer, "subjects"));
    bool more = json_is_true(json_object_get(answer, "more"));
    json_decref(answer);
    if (requests + subjects > 0)
        log_notice("purge: %ld requests and %ld subjects are gone, since their time was over", requests, subjects);
    rest(purger, more || !purger->told);
}

static void on_told(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct purger *purger = context;
    (void)json;
    (void)length;
    (void)retry;
    if (failed(purger, error)) {
        purger->told = false;
        return;
    }
    rest(purger, true);
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
        if (json_object_set_new(json, classes[i].class, json_integer(classes[i].days > 0 ? classes[i].days : retention->days)) != 0) {
            json_decref(json);
            return NULL;
        }
    return json;
}

static void look(void *context)
{
    struct purger *purger = context;
    if (!purger->started || purger->asking)
        return;
    json_t *question = purger->told ? json_pack("{s:b}", "daily", 1) : retention_json(&purger->config->retention);
    char *text = question != NULL ? json_dumps(question, JSON_COMPACT) : NULL;
    json_decref(question);
    if (text == NULL) {
        rest(purger, false);
        return;
    }
    const char *parameters[] = {text};
    const struct principal nobody = {.library = purger->library};
    bool told = purger->told;
    purger->asking = true;
    purger->told = true;
    database_call(purger->database, &nobody, told ? STATEMENT_purge : STATEMENT_retention_put, parameters,
                  told ? on_purged : on_told, purger);
    free(text);
}

struct purger *purger_new(uv_loop_t *loop, struct database *database, const struct config *config, int library)
{
    struct purger *purger = calloc(1, sizeof *purger);
    if (purger == NULL)
        return NULL;
    *purger = (struct purger){.database = database, .config = config, .library = library, .timer = timer_new(loop, look, purger)};
    if (purger->timer == NULL) {
        free(purger);
        return NULL;
    }
    return purger;
}

void purger_start(struct purger *purger)
{
    purger->started = true;
    timer_start(purger->timer, 0, 0);
}

void purger_reload(struct purger *purger)
{
    purger->told = false;
    if (!purger->asking)
        rest(purger, true);
}

void purger_stop(struct purger *purger)
{
    purger->started = false;
    timer_stop(purger->timer);
}

void purger_free(struct purger *purger)
{
    if (purger == NULL)
        return;
    timer_free(purger->timer);
    free(purger);
}
