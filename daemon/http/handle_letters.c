// SPDX-License-Identifier: GPL-3.0-or-later
// Letters to vendors: shown; sent once a person has approved what was shown; and decided about when one is in
// doubt.
#include <stdlib.h>
#include <string.h>

#include "http/handlers.h"
#include "http/letter_envelope.h"
#include "http/letter_work.h"
#include "http/request_write.h"
#include "request/reference.h"
#include "shared/json.h"
#include "shared/memory.h"

struct letter_call {
    struct exchange *exchange;
    char reference[REFERENCE_SIZE];
    bool sends; // false: shows only
    int tries;
};

static void read_state(struct letter_call *call);

static json_t *describe_letter(const struct letter_work *work, const struct letter_envelope *envelope, struct error *error)
{
    const struct vault *vault = exchange_service(work->exchange)->vault;
    char id[UUID_TEXT_SIZE];
    struct text text = {0};
    vault_uuid(id);
    text_format(&text, "Subject: %s\n\n%s", work->letter.subject.text, work->letter.text.text);
    json_t *row = json_pack("{s:s, s:O, s:s, s:s, s:s, s:s, s:s}", "ref", json_text(work->state, "ref"), "version", json_object_get(work->state, "version"),
                            "id", id, "kind", letter_kind_names[work->kind], "lang", work->language, "channel", json_text(work->request.channel, "id"),
                            "sha256", work->hash);
    bool good = row != NULL && text.text != NULL &&
                letter_seal(vault, row, "text_sealed", "letter.text", id, text.text, text.length, error) &&
                letter_envelope_describe(envelope, vault, id, row, error);
    text_release(&text);
    if (good)
        return row;
    if (error->code == ERROR_NONE)
        memory_error(error);
    json_decref(row);
    return NULL;
}

static bool may_send(const struct letter_work *work, struct error *error)
{
    const char *hash = json_text(exchange_body(work->exchange), "hash");
    if (hash == NULL)
        return error_set(error, ERROR_invalid, "hash",
                         "hash is missing: that of the letter as it was shown, by which it is approved.");
    if (work->to_authority)
        return error_set(error, ERROR_conflict, "kind",
                         "A complaint goes to the authority, not to the vendor: dsrd does not send it.");
    if (!work->sends)
        return error_set(error, ERROR_conflict, "channel", "%s",
                         work->patron_only ? "Only the patron can use this channel."
                                           : "The request does not go by e-mail, so dsrd cannot send the "
                                             "letter; `dsr send REF` says what to do.");
    return strcmp(hash, work->hash) == 0 ||
           error_set(error, ERROR_conflict, "hash",
                     "The letter is not the one that was shown any more; look at it again.");
}

static void on_queued(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct letter_call *call = context;
    if (retry && call->tries < WRITE_TRIES)
        read_state(call);
    else if (error->code != ERROR_NONE)
        exchange_fail(call->exchange, error);
    else
        exchange_reply_text(call->exchange, 201, json, length, 0);
}

static void queue(struct letter_call *call, const struct letter_work *work)
{
    struct error error = {0};
    struct letter_envelope envelope = {0};
    const char *earlier[LETTERS_EARLIER_MAXIMUM + 1];
    json_t *row = NULL;
    letter_work_earlier(work, earlier);
    if (may_send(work, &error) &&
        letter_envelope_make(&envelope, call->exchange, work->address, work->language, &work->letter, earlier, &error))
        row = describe_letter(work, &envelope, &error);
    exchange_call_row(call->exchange, STATEMENT_letter_queue, row, &error, on_queued, call);
    letter_envelope_release(&envelope);
}

static void finish(struct letter_call *call, const struct letter_work *work)
{
    struct error error = {0};
    const char *ended = json_text(work->state, "authority_ended");
    bool anyway = json_is_true(json_object_get(exchange_body(call->exchange), "anyway"));
    if (!call->sends) {
        json_t *answer = letter_work_describe(work, &error);
        if (answer != NULL)
            exchange_reply_json(call->exchange, 200, answer, 0);
        else
            exchange_fail(call->exchange, &error);
    } else if (ended != NULL && work->request.another) {
        error_set(&error, ERROR_conflict, "authority",
                  "The patron's authority ended on %s: nothing is sent for it any more.", ended);
        exchange_fail(call->exchange, &error);
    } else if (request_work_is_refused(&work->request) ||
               (request_work_must_confirm(&work->request) && !anyway)) {
        request_write_confirm(call->exchange, &work->request);
    } else {
        queue(call, work);
    }
}

static void on_state(void *context, const char *json, size_t length, bool retry, const struct error *problem)
{
    struct letter_call *call = context;
    struct error error = {0};
    struct letter_work work = {.exchange = call->exchange};
    (void)retry;
    if (problem->code != ERROR_NONE) {
        exchange_fail(call->exchange, problem);
        return;
    }
    json_t *state = json_read(json, length, 0, NULL);
    work.state = state;
    if (state == NULL)
        memory_error(&error);
    if (state != NULL && vault_open_json(exchange_service(call->exchange)->vault, state, true, &error) &&
        letter_work_make(&work, exchange_body(call->exchange), &error))
        finish(call, &work);
    else
        exchange_fail(call->exchange, &error);
    letter_work_release(&work);
    json_decref(state);
}

static void read_state(struct letter_call *call)
{
    // Shown once, it is audited once: what is sent then is the same.
    json_t *question = json_pack("{s:s, s:b}", "ref", call->reference, "reveal", !call->sends);
    char *text = question != NULL ? json_dumps(question, JSON_COMPACT) : NULL;
    struct error error;
    call->tries++;
    if (text != NULL) {
        exchange_call(call->exchange, STATEMENT_letter_state, text, on_state, call);
    } else {
        memory_error(&error);
        exchange_fail(call->exchange, &error);
    }
    free(text);
    json_decref(question);
}

static void begin(struct exchange *exchange, bool sends)
{
    struct error error = {0};
    struct letter_work work = {.exchange = exchange};
    struct letter_call *call = exchange_context(exchange, sizeof *call);
    if (call == NULL) {
        memory_error(&error);
    } else if (!reference_parse(exchange_path_value(exchange), call->reference)) {
        error_set(&error, ERROR_not_found, "ref", "%s is no reference; one looks like R-7K3F-92QM.",
                  exchange_path_value(exchange));
    } else if (letter_work_read(&work, exchange_body(exchange), &error)) {
        call->exchange = exchange;
        call->sends = sends;
        read_state(call);
        return;
    }
    exchange_fail(exchange, &error);
}

void handle_letter_show(struct exchange *exchange)
{
    begin(exchange, false);
}

void handle_letter_send(struct exchange *exchange)
{
    begin(exchange, true);
}

void handle_letter_resolve(struct exchange *exchange)
{
    static const struct json_member members[] = {{"as", JSON_STRING, JSON_NEEDED, 20},
                                                 {NULL, JSON_NULL, JSON_OPTIONAL, 0}};
    struct error error = {0};
    const json_t *body = exchange_body(exchange);
    json_t *row = NULL;
    if (json_check(body, members, &error)) {
        const char *as = json_text(body, "as");
        if (strcmp(as, "sent") != 0 && strcmp(as, "again") != 0 && strcmp(as, "dropped") != 0)
            error_set(&error, ERROR_invalid, "as", "as must be sent, again or dropped.");
        else
            row = json_pack("{s:s, s:s}", "id", exchange_path_value(exchange), "as", as);
    }
    exchange_call_row(exchange, STATEMENT_letter_resolve, row, &error, NULL, NULL);
}
