// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/request_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/letter_called_for.h"
#include "shared/failpoint.h"
#include "shared/json.h"
#include "shared/memory.h"
#include "shared/text.h"

enum { KEY_MAXIMUM = 200 };

json_t *request_write_idempotency(const struct exchange *exchange, struct error *error)
{
    const char *key = exchange_header(exchange, "Idempotency-Key");
    if (key == NULL)
        return json_null();
    size_t length = strlen(key);
    bool good = length >= 1 && length <= KEY_MAXIMUM;
    for (size_t i = 0; good && i < length; i++)
        good = key[i] >= 0x20 && key[i] <= 0x7E;
    unsigned long memory = memory_failures();
    json_t *content = json_copy(exchange_body(exchange));
    json_object_del(content, "anyway"); // a confirmation, not another request
    char *body = good ? json_dumps(content, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(content);
    if (!memory_sufficed(memory, error)) {
        free(body);
        return NULL;
    }
    if (!good || body == NULL) {
        error_set(error, ERROR_invalid, "Idempotency-Key", "Idempotency-Key must be 1 to %d printable ASCII characters.", KEY_MAXIMUM);
        return NULL;
    }
    // Keyed, like every look-up: a plain hash of a body would let a stolen database be searched for a guessed name or address.
    struct text call = {0};
    char hex[VAULT_LOOKUP_HEX], key_hex[VAULT_LOOKUP_HEX];
    text_format(&call, "%s|%s|%s", exchange_operation(exchange), exchange_path_value(exchange), body);
    free(body);
    if (call.failed) {
        text_release(&call);
        memory_error(error);
        return NULL;
    }
    const struct vault *vault = exchange_service((struct exchange *)(uintptr_t)exchange)->vault;
    vault_lookup(vault, "call", call.text, hex);
    text_release(&call);
    // So is the key itself: that of an imported row is made from its person, vendor and day.
    vault_lookup(vault, "idempotency", key, key_hex);
    json_t *idempotency = json_pack("{s:s, s:s}", "key", key_hex, "body_hash", hex);
    if (idempotency == NULL)
        memory_error(error);
    return idempotency;
}

json_t *request_write_event(const struct exchange *exchange, const char *event, date on, const char *note, const char *outcome,
                            const char *reason, json_t *detail, struct error *error)
{
    struct service *service = exchange_service((struct exchange *)(uintptr_t)exchange);
    char uuid[UUID_TEXT_SIZE], day[DATE_TEXT_SIZE];
    char *sealed = NULL;
    vault_uuid(uuid);
    if (note != NULL) {
        sealed = vault_seal(service->vault, "event", "note", uuid, note, strlen(note), error);
        if (sealed == NULL) {
            json_decref(detail);
            return NULL;
        }
    }
    json_t *json = json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s?, s:o?}", "id", uuid, "event", event, "on", date_format(on, day),
                             "note_sealed", sealed, "outcome", outcome, "reason", reason, "detail", detail);
    free(sealed);
    if (json == NULL)
        memory_error(error);
    return json;
}

struct status_call {
    struct exchange *exchange;
    int status; // of the answer
};

static void on_status(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct status_call call = *(struct status_call *)context;
    (void)retry;
    free(context);
    if (error->code != ERROR_NONE) {
        exchange_fail(call.exchange, error);
        return;
    }
    json_t *answer = exchange_read(call.exchange, json, length);
    if (answer == NULL)
        return;
    letter_called_for_add(exchange_service(call.exchange)->catalogue, answer);
    exchange_reply_json(call.exchange, call.status, answer, exchange_version_of(json, length));
}

void request_write_status(struct exchange *exchange, int status, const char *reference)
{
    struct error error;
    struct status_call *call = malloc(sizeof *call);
    if (call == NULL) {
        memory_error(&error);
        exchange_fail(exchange, &error);
        return;
    }
    *call = (struct status_call){exchange, status};
    exchange_call(exchange, STATEMENT_request_status, reference, on_status, call);
}

bool request_write_replay(struct exchange *exchange, const json_t *snapshot)
{
    const json_t *known = json_object_get(snapshot, "replay");
    if (known == NULL)
        return false;
    request_write_status(exchange, (int)json_integer_value(json_object_get(known, "status")), json_text(known, "ref"));
    return true;
}

void request_write_answer(struct exchange *exchange, int status, const char *json, size_t length, json_t *warnings)
{
    if (FAILPOINT(request_answers)) { // as if there were no memory for it
        json_decref(warnings);
        exchange_reply_json(exchange, status, NULL, 0);
        return;
    }
    json_t *answer = exchange_read(exchange, json, length);
    if (answer == NULL) {
        json_decref(warnings);
        return;
    }
    if (request_write_replay(exchange, answer)) {
        json_decref(answer);
        json_decref(warnings);
        return;
    }
    long version = (long)json_integer_value(json_object_get(json_object_get(answer, "request"), "version"));
    json_object_set_new(answer, "warnings", warnings);
    letter_called_for_add(exchange_service(exchange)->catalogue, answer);
    struct service *service = exchange_service(exchange);
    if (service->outbox_changed != NULL)
        service->outbox_changed(service->context, exchange_principal(exchange)->library);
    exchange_reply_json(exchange, status, answer, version);
}

void request_write_confirm(struct exchange *exchange, const struct request_work *work)
{
    struct error error;
    struct text all = {0};
    bool refused = request_work_is_refused(work);
    for (size_t i = 0; i < work->warnings.count; i++)
        if (refused ? work->warnings.list[i].refused : work->warnings.list[i].must_confirm)
            text_format(&all, "%s%s", all.length > 0 ? " " : "", work->warnings.list[i].text);
    error_set(&error, refused ? ERROR_conflict : ERROR_confirmation_needed, refused ? "authority" : "anyway", "%s",
              all.text != NULL ? all.text : "");
    text_release(&all);
    exchange_fail_with(exchange, &error, json_pack("{s:o}", "warnings", request_work_warnings(work)));
}

void request_write_name_laws(struct exchange *exchange, json_t *write)
{
    json_object_set_new(write, "catalogue", json_string(catalogue_hash(exchange_service(exchange)->catalogue)));
}

void request_write_prepare(const struct exchange *exchange, struct request_work *work, const json_t *snapshot)
{
    struct service *service = exchange_service((struct exchange *)(uintptr_t)exchange);
    *work = (struct request_work){.config = service->config,
                                  .catalogue = service->catalogue,
                                  .vendor = json_object_get(snapshot, "vendor"),
                                  .earlier = json_object_get(snapshot, "earlier"),
                                  .purged = json_object_get(snapshot, "purged"),
                                  .trouble = json_object_get(snapshot, "trouble"),
                                  .another = json_is_true(json_object_get(snapshot, "another")),
                                  .authorities = json_object_get(snapshot, "authorities"),
                                  .reference = json_text(snapshot, "ref"),
                                  .library_zone = json_text(json_object_get(snapshot, "library"), "zone"),
                                  .today = DATE_NONE,
                                  .sent_here = DATE_NONE,
                                  .answer = {.received = DATE_NONE}};
}
