// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/refusals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop/timer.h"
#include "shared/log.h"

enum { SOURCES = 256, KEY_SIZE = 48, OPERATION_SIZE = 40, MINUTE_MS = 60000, SYSTEM = 0 };

struct source {
    char key[KEY_SIZE];
    uint64_t until; // the end of its minute, by the loop's clock; 0: free
    int written;    // entries in this minute
    long surplus;   // refusals without an entry yet
    struct principal who;
    char operation[OPERATION_SIZE]; // of the last surplus one
    int status;
};

struct refusals {
    uv_loop_t *loop;
    struct service *service;
    struct timer *timer; // runs while there is a surplus
    bool running;
    // The last one is for all who come while the others are taken: who has many names gets no more entries by it.
    struct source sources[SOURCES];
};

static void on_written(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    (void)context;
    (void)json;
    (void)length;
    (void)retry;
    if (error->code != ERROR_NONE)
        log_error("audit: a refused access could not be recorded: %s", error->text);
}

static void write_entry(const struct refusals *refusals, const struct source *source, const char *operation, int status, long surplus)
{
    json_t *entry = json_pack("{s:s, s:i}", "operation", operation, "status", status);
    if (entry != NULL && source->who.account[0] == '\0')
        json_object_set_new(entry, "source", json_string(source->key));
    if (entry != NULL && surplus > 0)
        json_object_set_new(entry, "surplus", json_integer(surplus));
    char *text = entry != NULL ? json_dumps(entry, JSON_COMPACT) : NULL;
    const char *parameters[] = {text};
    if (text != NULL)
        database_call(refusals->service->database, &source->who, STATEMENT_audit_refused, parameters, on_written, NULL);
    else
        log_error("audit: a refused access could not be recorded: no memory");
    free(text);
    json_decref(entry);
}

// What was only counted, as one entry, which stands for one of them.
static void write_surplus(const struct refusals *refusals, struct source *source)
{
    long surplus = source->surplus;
    source->surplus = 0;
    if (surplus > 0)
        write_entry(refusals, source, source->operation, source->status, surplus - 1);
}

static void on_minute(void *context)
{
    struct refusals *refusals = context;
    uint64_t now = uv_now(refusals->loop);
    bool more = false;
    for (int i = 0; i < SOURCES; i++) {
        struct source *source = &refusals->sources[i];
        if (source->until <= now)
            write_surplus(refusals, source);
        more = more || source->surplus > 0;
    }
    refusals->running = more;
    if (more)
        timer_start(refusals->timer, MINUTE_MS, 0);
}

struct refusals *refusals_new(uv_loop_t *loop, struct service *service)
{
    struct refusals *refusals = calloc(1, sizeof *refusals);
    if (refusals == NULL)
        return NULL;
    refusals->loop = loop;
    refusals->service = service;
    refusals->timer = timer_new(loop, on_minute, refusals);
    if (refusals->timer == NULL) {
        free(refusals);
        return NULL;
    }
    return refusals;
}

static struct source *find(struct refusals *refusals, const char *key, const struct principal *who, uint64_t now)
{
    struct source *free_one = NULL, *others = &refusals->sources[SOURCES - 1];
    for (struct source *source = refusals->sources; source < others; source++) {
        if (source->until > 0 && strcmp(source->key, key) == 0)
            return source;
        if (free_one == NULL && source->until <= now && source->surplus == 0)
            free_one = source;
    }
    if (free_one == NULL) {
        snprintf(others->key, sizeof others->key, "others");
        others->who = (struct principal){.library = SYSTEM};
        return others;
    }
    *free_one = (struct source){.who = *who};
    snprintf(free_one->key, sizeof free_one->key, "%s", key);
    return free_one;
}

void refusals_note(struct refusals *refusals, const struct principal *who, const char *source_key, const char *operation, int status)
{
    uint64_t now = uv_now(refusals->loop);
    const struct principal nobody = {.library = SYSTEM};
    bool known = who->account[0] != '\0';
    struct source *source = find(refusals, known ? who->account : source_key, known ? who : &nobody, now);
    if (source->until <= now) {
        source->until = now + MINUTE_MS;
        source->written = 0;
    }
    if (source->written < refusals->service->config->audit_refusals_per_minute) {
        long surplus = source->surplus;
        source->surplus = 0;
        source->written++;
        write_entry(refusals, source, operation, status, surplus);
        return;
    }
    source->surplus++;
    source->status = status;
    snprintf(source->operation, sizeof source->operation, "%s", operation);
    if (!refusals->running) // who goes on asking does not put off what is known of others
        timer_start(refusals->timer, MINUTE_MS, 0);
    refusals->running = true;
}

void refusals_flush(struct refusals *refusals)
{
    timer_stop(refusals->timer);
    for (int i = 0; i < SOURCES; i++)
        write_surplus(refusals, &refusals->sources[i]);
}

void refusals_free(struct refusals *refusals)
{
    if (refusals == NULL)
        return;
    timer_free(refusals->timer);
    free(refusals);
}
