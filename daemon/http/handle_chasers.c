// SPDX-License-Identifier: GPL-3.0-or-later
// Chasers: which vendors owe answers; one letter about all that one of them owes, shown, and sent once a person has approved it.
#include <stdlib.h>
#include <string.h>

#include "http/chaser_work.h"
#include "http/handlers.h"
#include "http/letter_envelope.h"
#include "http/request_write.h"
#include "shared/json.h"
#include "shared/memory.h"

struct chase {
    struct exchange *exchange;
    bool sends; // false: shows only
    int tries;
};

static void read_state(struct chase *chase);

static void fail(struct chase *chase, struct error *error)
{
    if (error->code == ERROR_NONE)
        memory_error(error);
    exchange_fail(chase->exchange, error);
}

static bool may_send(const struct chaser_work *work, struct error *error)
{
    const char *hash = json_text(exchange_body(work->exchange), "hash");
    if (hash == NULL)
        return error_set(error, ERROR_invalid, "hash", "hash is missing: that of the letter as it was shown, by which it is approved.");
    if (work->address == NULL)
        return error_set(error, ERROR_conflict, "vendor", "No e-mail address of this vendor is known that anybody may use, so dsrd cannot send the letter.");
    return strcmp(hash, work->hash) == 0 || error_set(error, ERROR_conflict, "hash", "The letter is not the one that was shown any more; look at it again.");
}

static void on_queued(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct chase *chase = context;
    if (retry && chase->tries < WRITE_TRIES)
        read_state(chase);
    else if (error->code != ERROR_NONE)
        exchange_fail(chase->exchange, error);
    else
        exchange_reply_text(chase->exchange, 201, json, length, 0);
}

static void queue(struct chase *chase, const struct chaser_work *work)
{
    static const char *const none[] = {NULL};
    struct error error = {0};
    struct letter_envelope envelope = {0};
    json_t *row = NULL;
    char *text = NULL;
    if (may_send(work, &error) && letter_envelope_make(&envelope, chase->exchange, work->address, work->language, &work->letter, none, &error))
        row = chaser_work_row(work, &error);
    const char *first = json_text(json_array_get(json_object_get(row, "letters"), 0), "id");
    if (row != NULL && letter_envelope_describe(&envelope, exchange_service(chase->exchange)->vault, first, row, &error))
        text = json_dumps(row, JSON_COMPACT);
    if (text != NULL)
        exchange_call(chase->exchange, STATEMENT_chase_queue, text, on_queued, chase);
    else
        fail(chase, &error);
    free(text);
    json_decref(row);
    letter_envelope_release(&envelope);
}

static void on_state(void *context, const char *json, size_t length, bool retry, const struct error *problem)
{
    struct chase *chase = context;
    struct error error = {0};
    (void)retry;
    if (problem->code != ERROR_NONE) {
        exchange_fail(chase->exchange, problem);
        return;
    }
    json_t *state = exchange_read(chase->exchange, json, length);
    if (state == NULL)
        return;
    struct chaser_work work = {.exchange = chase->exchange, .state = state};
    if (!chaser_work_make(&work, exchange_body(chase->exchange), &error))
        fail(chase, &error);
    else if (chase->sends)
        queue(chase, &work);
    else
        exchange_reply_json(chase->exchange, 200, chaser_work_describe(&work), 0);
    chaser_work_release(&work);
    json_decref(state);
}

static void read_state(struct chase *chase)
{
    struct error error = {0};
    json_t *question = json_pack("{s:s, s:i, s:b}", "vendor", exchange_path_value(chase->exchange), "limit", (int)CHASER_REQUESTS_MAXIMUM, "again",
                                 json_is_true(json_object_get(exchange_body(chase->exchange), "again")));
    char *text = question != NULL ? json_dumps(question, JSON_COMPACT) : NULL;
    chase->tries++;
    if (text != NULL)
        exchange_call(chase->exchange, STATEMENT_chase_state, text, on_state, chase);
    else
        fail(chase, &error);
    free(text);
    json_decref(question);
}

static void begin(struct exchange *exchange, bool sends)
{
    struct error error = {0};
    struct chase *chase = exchange_context(exchange, sizeof *chase);
    if (chase == NULL) {
        memory_error(&error);
        exchange_fail(exchange, &error);
        return;
    }
    chase->exchange = exchange;
    chase->sends = sends;
    read_state(chase);
}

void handle_chase_list(struct exchange *exchange)
{
    exchange_call_and_reply(exchange, STATEMENT_chase_list, NULL);
}

void handle_chaser_show(struct exchange *exchange)
{
    begin(exchange, false);
}

void handle_chaser_send(struct exchange *exchange)
{
    begin(exchange, true);
}
