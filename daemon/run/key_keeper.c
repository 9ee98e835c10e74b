// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/key_keeper.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "loop/timer.h"
#include "shared/json.h"
#include "shared/log.h"
#include "shared/memory.h"
#include "vault/reseal.h"

enum { LOOK_MS = 60 * 60 * 1000, AGAIN_MS = 60 * 1000, STEP_MS = 10, WATCH_MS = 1000, DAY = 24 * 60 * 60 };

struct key_keeper {
    struct service *service;
    struct timer *timer, *watch;
    unsigned long generation; // of the ring that is compared with the database
    void (*next)(struct key_keeper *keeper); // what the timer does
    bool started;
    bool covered;  // the ring had a key at the last look
    bool busy;     // between a look and the rest after it
    bool again;    // was asked to look meanwhile
    json_t *keys;  // whose seals are replaced in this pass
    json_t *clear; // those by which the last pass found nothing sealed; NULL: none yet
    json_t *place; // {"table", "block"} to go on from; NULL at the beginning of a pass
    size_t found, written, failed;
    unsigned long memory; // allocations that had failed when the next question was begun
};

static void look(struct key_keeper *keeper);
static void step(struct key_keeper *keeper);

static void rest(struct key_keeper *keeper, void (*next)(struct key_keeper *), uint64_t pause_ms)
{
    keeper->next = next;
    if (next == look) {
        keeper->busy = false;
        pause_ms = keeper->again ? 0 : pause_ms;
        keeper->again = false;
    }
    if (keeper->started)
        timer_start(keeper->timer, pause_ms, 0);
}

// After something has failed. A ring that is not compared yet keeps everybody from writing, so that is not put off.
static void look_again(struct key_keeper *keeper)
{
    rest(keeper, look, vault_is_trusted(keeper->service->vault) ? AGAIN_MS : WATCH_MS);
}

static void on_timer(void *context)
{
    struct key_keeper *keeper = context;
    keeper->memory = memory_failures();
    if (keeper->started)
        keeper->next(keeper);
}

// The JSON is taken.
static void call(struct key_keeper *keeper, enum statement statement, json_t *question, database_done *done)
{
    const struct principal nobody = {.library = 0}; // it is about all of them
    char *text = question != NULL ? json_dumps(question, JSON_COMPACT) : NULL;
    const char *parameters[] = {text};
    json_decref(question);
    if (text != NULL && memory_failures() == keeper->memory) // else it may lack a part
        database_call(keeper->service->database, &nobody, statement, parameters, done, keeper);
    else
        look_again(keeper);
    free(text);
}

// NULL: it was no success, and a new look is planned.
static json_t *answer_of(struct key_keeper *keeper, const char *json, size_t length,
                         const struct error *error)
{
    keeper->memory = memory_failures();
    json_t *answer = error->code == ERROR_NONE && json != NULL ? json_read(json, length, 0, NULL) : NULL;
    if (answer == NULL && error->code != ERROR_NONE && error->code != ERROR_unavailable)
        log_error("keys: %s", error->text);
    if (answer == NULL)
        look_again(keeper);
    return answer;
}

static void set(json_t **slot, json_t *taken)
{
    json_decref(*slot);
    *slot = taken;
}

static void begin_pass(struct key_keeper *keeper)
{
    set(&keeper->place, NULL);
    keeper->found = keeper->written = keeper->failed = 0;
    step(keeper);
}

static void on_destroyed(void *context, const char *json, size_t length, bool retry,
                         const struct error *error)
{
    struct key_keeper *keeper = context;
    struct error problem;
    (void)retry;
    json_t *answer = answer_of(keeper, json, length, error);
    if (answer == NULL)
        return;
    const json_t *keys = json_object_get(answer, "keys");
    if (json_array_size(keys) > 0) {
        if (vault_destroy(keeper->service->vault, keys, &problem))
            log_notice("keys: %zu whose time is over destroyed; older dumps cannot be read any more",
                       json_array_size(keys));
        else
            log_error("keys: one whose time is over is still in the ring: %s", problem.text);
    }
    json_decref(answer);
    json_t *due = reseal_due_keys(keeper->service->vault, &keeper->service->config->vault);
    keeper->service->keys.overdue = json_array_size(due);
    json_decref(due);
    rest(keeper, look, LOOK_MS);
}

// Those of the keys whose time is over that this pass has looked for: more may be over since it began, should the clock have jumped, and what
// they sealed has not been looked for. New reference.
static json_t *due_of_pass(const struct key_keeper *keeper)
{
    size_t index, other;
    json_t *due = reseal_due_keys(keeper->service->vault, &keeper->service->config->vault), *looked_for = json_array(), *id, *key;
    json_array_foreach(due, index, id)
        json_array_foreach(keeper->keys, other, key)
            if (json_equal(key, id))
                json_array_append(looked_for, id);
    json_decref(due);
    return looked_for;
}

// All tables were looked through once.
static void end_pass(struct key_keeper *keeper)
{
    const struct ring_policy *policy = &keeper->service->config->vault;
    json_t *due = due_of_pass(keeper);
    keeper->service->keys.overdue = json_array_size(due);
    if (keeper->written > 0)
        log_notice("keys: %zu rows sealed anew", keeper->written);
    if (keeper->found == 0) {
        set(&keeper->clear, json_incref(keeper->keys));
        call(keeper, STATEMENT_ring_destroyed,
             json_pack("{s:O, s:i, s:I}", "keys", due, "days", policy->backup_days, "now",
                       (json_int_t)time(NULL)),
             on_destroyed);
    } else if (keeper->written > 0) {
        begin_pass(keeper); // until there is nothing left
    } else {
        if (keeper->failed > 0)
            log_error("keys: %zu values cannot be opened, so the keys that sealed them stay%s",
                      keeper->failed, json_array_size(due) > 0 ? ", though their time is over" : "");
        rest(keeper, look, keeper->failed > 0 ? LOOK_MS : AGAIN_MS); // else somebody held the rows
    }
    json_decref(due);
}

static void next_step(struct key_keeper *keeper)
{
    if (keeper->place == NULL)
        end_pass(keeper);
    else
        rest(keeper, step, STEP_MS);
}

static void on_written(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct key_keeper *keeper = context;
    (void)retry;
    json_t *answer = answer_of(keeper, json, length, error);
    if (answer == NULL)
        return;
    keeper->written += (size_t)json_integer_value(json_object_get(answer, "written"));
    json_decref(answer);
    next_step(keeper);
}

static void on_read(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct key_keeper *keeper = context;
    struct error problem;
    (void)retry;
    json_t *answer = answer_of(keeper, json, length, error);
    if (answer == NULL)
        return;
    const json_t *rows = json_object_get(answer, "rows");
    json_t *next = json_object_get(answer, "next");
    set(&keeper->place, json_is_object(next) ? json_incref(next) : NULL);
    keeper->found += json_array_size(rows);
    json_t *fresh = json_array_size(rows) > 0
                        ? reseal_rows(keeper->service->vault, rows, &keeper->failed, &problem)
                        : NULL;
    if (json_array_size(rows) > 0 && fresh == NULL && !vault_is_trusted(keeper->service->vault)) {
        rest(keeper, look, 0); // another ring has come: first of all it is compared
    } else if (json_array_size(rows) > 0 && fresh == NULL) {
        log_error("keys: %s", problem.text);
        rest(keeper, look, AGAIN_MS);
    } else if (json_array_size(fresh) > 0) {
        call(keeper, STATEMENT_rekey_write, json_pack("{s:O}", "rows", fresh), on_written);
    } else {
        next_step(keeper);
    }
    json_decref(fresh);
    json_decref(answer);
}

static void step(struct key_keeper *keeper)
{
    json_t *question = keeper->place != NULL ? json_copy(keeper->place) : json_object();
    // Never without the keys: where nothing is found that they sealed, they are destroyed.
    if (json_object_set(question, "keys", keeper->keys) != 0) {
        json_decref(question);
        question = NULL;
    }
    call(keeper, STATEMENT_rekey_read, question, on_read);
}

static void warn_of_state(struct key_keeper *keeper, const json_t *state)
{
    const json_t *conflicts = json_object_get(state, "conflicts"),
                 *missing = json_object_get(state, "missing");
    struct key_state *keys = &keeper->service->keys;
    keys->conflict = json_array_size(conflicts) > 0;
    keys->missing = json_array_size(missing);
    if (keys->conflict)
        log_error("keys: this database knows another key of the number %lld than the one in this ring, so "
                  "nothing is written: only one host may make keys "
                  "(vault.makes_keys), and the others get a copy of its ring",
                  (long long)json_integer_value(json_array_get(conflicts, 0)));
    if (keys->missing > 0)
        log_warning("keys: the ring lacks key %lld, which has been in use here: copy the ring from the host "
                    "that makes the keys; after restoring a dump older than "
                    "%d days this is as it should be",
                    (long long)json_integer_value(json_array_get(missing, 0)),
                    keeper->service->config->vault.backup_days - keeper->service->config->vault.bucket_days);
}

static int64_t newest_in_ring(const struct key_keeper *keeper)
{
    size_t index;
    int64_t newest = 0;
    json_t *keys = vault_keys(keeper->service->vault, &keeper->service->config->vault), *key;
    json_array_foreach(keys, index, key)
        if (json_integer_value(json_object_get(key, "id")) > newest)
            newest = json_integer_value(json_object_get(key, "id"));
    json_decref(keys);
    return newest;
}

// Keys that a wrong clock had made for years to come end now, so that what they sealed is sealed anew and they die in time.
static void end_far(struct key_keeper *keeper, const char *doubt)
{
    struct error error;
    int ended = 0;
    if (doubt != NULL)
        return;
    if (!vault_end_far(keeper->service->vault, &keeper->service->config->vault, &ended, &error))
        log_error("keys: those of days far ahead cannot be ended: %s", error.text);
    else if (ended > 0)
        log_notice("keys: %d that a wrong clock had made for days far ahead are ended", ended);
}

// How many. None while the database knows newer ones: this is an old copy of the ring, and its next key would bear the number of another.
static int make_ahead(struct key_keeper *keeper, const json_t *state)
{
    struct error error;
    int made = 0;
    const char *doubt = json_text(state, "doubt");
    if (!keeper->service->config->vault.makes_keys)
        return 0;
    // A clock that has jumped ahead may be right, and then keys are needed; one that is back or not the database's cannot be.
    if (doubt != NULL && strcmp(doubt, "ahead") != 0)
        return 0;
    end_far(keeper, doubt);
    if (json_integer_value(json_object_get(state, "newest")) > newest_in_ring(keeper))
        log_warning("keys: this is an old copy of the ring, so no key is made: the newest one is to be put in its place");
    else if (!vault_extend(keeper->service->vault, &keeper->service->config->vault, false, &made, &error))
        log_error("keys: none can be made: %s", error.text);
    else if (made > 0)
        log_notice("keys: %d made; other hosts need a copy of the ring, and its backup is to be replaced",
                   made);
    return made;
}

static void on_state(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct key_keeper *keeper = context;
    const struct ring_policy *policy = &keeper->service->config->vault;
    (void)retry;
    json_t *state = answer_of(keeper, json, length, error);
    if (state == NULL)
        return;
    warn_of_state(keeper, state);
    bool more = false;
    if (!keeper->service->keys.conflict) {
        vault_trust(keeper->service->vault, keeper->generation);
        more = make_ahead(keeper, state) > 0;
    }
    bool sure = json_text(state, "doubt") == NULL; // else nothing is sealed anew or destroyed, on the word of a wrong clock
    json_decref(state);
    if (more) {
        rest(keeper, look, 0); // the database is told of them
        return;
    }
    set(&keeper->keys, reseal_keys(keeper->service->vault, policy));
    json_t *due = reseal_due_keys(keeper->service->vault, policy);
    bool nothing = json_array_size(keeper->keys) == 0 ||
                   (json_array_size(due) == 0 && json_equal(keeper->keys, keeper->clear));
    json_decref(due);
    if (nothing || !sure || keeper->service->keys.conflict) {
        rest(keeper, look, LOOK_MS);
        return;
    }
    begin_pass(keeper);
}

static void look(struct key_keeper *keeper)
{
    const struct ring_policy *policy = &keeper->service->config->vault;
    keeper->busy = true;
    int64_t left = vault_covered_until(keeper->service->vault) - time(NULL);
    keeper->covered = left > 0;
    if (left < (int64_t)policy->bucket_days * DAY)
        log_warning("keys: the ring has keys for %lld more days only; copy it from the host that makes them",
                    (long long)(left > 0 ? left / DAY : 0));
    keeper->generation = vault_generation(keeper->service->vault);
    call(keeper, STATEMENT_ring_state,
         json_pack("{s:o, s:I}", "keys", vault_keys(keeper->service->vault, policy), "now",
                   (json_int_t)time(NULL)),
         on_state);
}

// Another ring in the file is compared at once, and not only with the next look; and when the clock has jumped past the last key, new ones
// are made at once.
static void on_watch(void *context)
{
    struct key_keeper *keeper = context;
    struct error ignored;
    const struct vault *vault = keeper->service->vault;
    if (keeper->started && !keeper->busy &&
        (vault_generation(vault) != keeper->generation || (keeper->covered && !vault_can_seal(vault, &ignored))))
        rest(keeper, look, 0);
}

struct key_keeper *key_keeper_new(uv_loop_t *loop, struct service *service)
{
    struct key_keeper *keeper = calloc(1, sizeof *keeper);
    if (keeper == NULL)
        return NULL;
    *keeper =
        (struct key_keeper){.service = service, .timer = timer_new(loop, on_timer, keeper), .next = look};
    keeper->watch = timer_new(loop, on_watch, keeper);
    if (keeper->timer == NULL || keeper->watch == NULL) {
        key_keeper_free(keeper);
        return NULL;
    }
    vault_demand_trust(service->vault);
    return keeper;
}

void key_keeper_start(struct key_keeper *keeper)
{
    keeper->started = true;
    timer_start(keeper->watch, WATCH_MS, WATCH_MS);
    if (keeper->busy)
        keeper->again = true;
    else
        rest(keeper, look, 0);
}

void key_keeper_stop(struct key_keeper *keeper)
{
    keeper->started = false;
    timer_stop(keeper->timer);
    timer_stop(keeper->watch);
}

void key_keeper_free(struct key_keeper *keeper)
{
    if (keeper == NULL)
        return;
    timer_free(keeper->timer);
    timer_free(keeper->watch);
    json_decref(keeper->keys);
    json_decref(keeper->clear);
    json_decref(keeper->place);
    free(keeper);
}
