// SPDX-License-Identifier: GPL-3.0-or-later
// Holds and purges, for officers.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "http/handlers.h"
#include "http/request_write.h"
#include "request/reference.h"
#include "shared/date.h"
#include "shared/json.h"
#include "shared/memory.h"
#include "vault/vault.h"

enum { HOLD_TARGETS_MAXIMUM = 100, REASON_MAXIMUM = 4000 };

struct hold_call {
    struct exchange *exchange;
    int status; // when it is done
};

// Why a hold was set is for officers, and only they come here, whatever other roles they have.
static void on_hold(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    const struct hold_call *call = context;
    json_t *answer = NULL;
    (void)retry;
    if (error->code != ERROR_NONE)
        exchange_fail(call->exchange, error);
    else if ((answer = exchange_open(call->exchange, json, length, true)) != NULL)
        exchange_reply_json(call->exchange, call->status, answer, 0);
}

static void call_hold(struct exchange *exchange, enum statement statement, const char *parameter, int status)
{
    struct error error;
    struct hold_call *call = exchange_context(exchange, sizeof *call);
    if (call == NULL) {
        memory_error(&error);
        exchange_fail(exchange, &error);
        return;
    }
    *call = (struct hold_call){exchange, status};
    exchange_call(exchange, statement, parameter, on_hold, call);
}

void handle_hold_list(struct exchange *exchange)
{
    call_hold(exchange, STATEMENT_hold_list, NULL, 200);
}

void handle_hold_release(struct exchange *exchange)
{
    call_hold(exchange, STATEMENT_hold_release, exchange_path_value(exchange), 200);
}

// The texts of a member, references in their one form, or an empty array. NULL: error says why.
static json_t *read_targets(const json_t *body, const char *member, struct error *error)
{
    json_t *targets = json_array(), *item;
    const json_t *given = json_object_get(body, member);
    bool are_refs = strcmp(member, "refs") == 0, good = true;
    size_t index;
    json_array_foreach(given, index, item) {
        char reference[REFERENCE_SIZE];
        if (!json_is_string(item))
            good = error_set(error, ERROR_invalid, member, "%s must be an array of texts.", member);
        else if (are_refs && !reference_parse(json_string_value(item), reference))
            good = error_set(error, ERROR_invalid, member, "%s is no reference; one looks like R-7K3F-92QM.", json_string_value(item));
        else
            json_array_append_new(targets, json_string(are_refs ? reference : json_string_value(item)));
        if (!good)
            break;
    }
    if (good)
        return targets;
    json_decref(targets);
    return NULL;
}

static bool check_hold(const json_t *body, struct error *error)
{
    date until;
    size_t count = 0;
    for (const char *const *member = (const char *const[]){"refs", "subjects", "vendors", NULL}; *member != NULL; member++)
        count += json_array_size(json_object_get(body, *member));
    if (count == 0)
        return error_set(error, ERROR_invalid, "refs", "Say what to hold: refs, subjects or vendors must name something.");
    if (count > HOLD_TARGETS_MAXIMUM)
        return error_set(error, ERROR_invalid, "refs", "A hold covers at most %d references, subjects and vendors.", HOLD_TARGETS_MAXIMUM);
    if (json_text(body, "reason")[0] == '\0')
        return error_set(error, ERROR_invalid, "reason", "reason must not be empty.");
    return date_parse(json_text(body, "until"), &until) ||
           error_set(error, ERROR_invalid, "until", "%s is no day; write it as 2026-11-23.", json_text(body, "until"));
}

static json_t *hold_row(const struct exchange *exchange, const json_t *body, struct error *error)
{
    char uuid[UUID_TEXT_SIZE];
    const char *reason = json_text(body, "reason");
    const struct service *service = exchange_service((struct exchange *)(uintptr_t)exchange);
    json_t *refs = read_targets(body, "refs", error);
    json_t *subjects = refs != NULL ? read_targets(body, "subjects", error) : NULL;
    json_t *vendors = subjects != NULL ? read_targets(body, "vendors", error) : NULL;
    json_t *idempotency = vendors != NULL ? request_write_idempotency(exchange, error) : NULL;
    vault_uuid(uuid);
    char *sealed = idempotency != NULL ? vault_seal(service->vault, "hold", "reason", uuid, reason, strlen(reason), error) : NULL;
    json_t *row = sealed != NULL ? json_pack("{s:s, s:s, s:s, s:O, s:O, s:O, s:O}", "id", uuid, "reason_sealed", sealed, "until",
                                             json_text(body, "until"), "refs", refs, "subjects", subjects, "vendors", vendors,
                                             "idempotency", idempotency)
                                 : NULL;
    if (sealed != NULL && row == NULL)
        memory_error(error);
    free(sealed);
    json_decref(refs);
    json_decref(subjects);
    json_decref(vendors);
    json_decref(idempotency);
    return row;
}

void handle_hold_add(struct exchange *exchange)
{
    static const struct json_member members[] = {
        {"refs", JSON_ARRAY, JSON_OPTIONAL, HOLD_TARGETS_MAXIMUM},
        {"subjects", JSON_ARRAY, JSON_OPTIONAL, HOLD_TARGETS_MAXIMUM},
        {"vendors", JSON_ARRAY, JSON_OPTIONAL, HOLD_TARGETS_MAXIMUM},
        {"reason", JSON_STRING, JSON_NEEDED, REASON_MAXIMUM},
        {"until", JSON_STRING, JSON_NEEDED, 10},
        {NULL, JSON_NULL, JSON_OPTIONAL, 0},
    };
    struct error error;
    const json_t *body = exchange_body(exchange);
    json_t *row = json_check(body, members, &error) && check_hold(body, &error) ? hold_row(exchange, body, &error) : NULL;
    char *text = row != NULL ? json_dumps(row, JSON_COMPACT) : NULL;
    if (row != NULL && text == NULL)
        memory_error(&error);
    if (text != NULL)
        call_hold(exchange, STATEMENT_hold_add, text, 201);
    else
        exchange_fail(exchange, &error);
    free(text);
    json_decref(row);
}

void handle_purge_preview(struct exchange *exchange)
{
    exchange_call_and_reply(exchange, STATEMENT_purge_preview, NULL);
}

// One batch, so that the answer comes in time however much there is; the caller comes again while there is more.
void handle_purge(struct exchange *exchange)
{
    char question[48];
    snprintf(question, sizeof question, "{\"now\": %lld}", (long long)time(NULL));
    exchange_call_and_reply(exchange, STATEMENT_purge, question);
}
