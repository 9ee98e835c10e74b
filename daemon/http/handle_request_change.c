// SPDX-License-Identifier: GPL-3.0-or-later
// What changes a request: a new event, a voided one, a correction. Each reads the request's state, works it out anew and writes it;
// again when somebody was faster. The three kinds are in request_change_{event,void,amend}.c.
#include <stdlib.h>
#include <string.h>

#include "http/handlers.h"
#include "http/request_change.h"
#include "request/kind.h"
#include "request/reference.h"
#include "shared/json.h"
#include "shared/memory.h"
#include "shared/text.h"
#include "shared/zone.h"

static void read_state(struct change *change);

static bool read_if_match(struct change *change, struct error *error)
{
    const char *text = exchange_header(change->exchange, "If-Match");
    int64_t version = 0;
    char digits[24] = "";
    if (text == NULL || strcmp(text, "*") == 0)
        return true;
    size_t length = strlen(text);
    if (length >= 3 && length < sizeof digits && text[0] == '"' && text[length - 1] == '"')
        memcpy(digits, text + 1, length - 2);
    if (!text_to_integer(digits, 1, INT64_MAX, &version))
        return error_set(error, ERROR_invalid, "If-Match", "If-Match must be an ETag of this request, such as \"3\".");
    change->expected = (long)version;
    return true;
}

static void fail_precondition(struct change *change)
{
    struct error error;
    error_set(&error, ERROR_precondition_failed, "If-Match", "The request has changed since you read it; read it again.");
    exchange_fail(change->exchange, &error);
}

static void on_changed(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct change *change = context;
    json_t *warnings = change->warnings;
    change->warnings = NULL;
    if (error->code == ERROR_NONE) {
        request_write_answer(change->exchange, 200, json, length, warnings);
        return;
    }
    json_decref(warnings);
    if (retry && change->tries < WRITE_TRIES)
        read_state(change); // which also sees whether If-Match still holds
    else
        exchange_fail(change->exchange, error);
}

// What the person was told and overrode stands with the event.
static void record_confirmation(const struct request_work *work, json_t *write)
{
    const json_t *events = json_object_get(write, "events");
    json_t *event = json_array_get(events, json_array_size(events) - 1);
    if (!json_is_object(json_object_get(event, "detail")))
        json_object_set_new(event, "detail", json_object());
    json_object_set_new(json_object_get(event, "detail"), "anyway", request_work_warnings(work));
}

static bool fits_kind(const struct change *change, const struct request_work *work, struct error *error)
{
    if (change->event == NULL || work->event_count == 0)
        return true;
    // The new event is the last one.
    return kind_check(work->law, work->right, work->events[work->event_count - 1], work->events, work->event_count, &work->answer, error);
}

// What was asked for while the request ran ends with it; what is asked for of one that is closed comes ("asked").
static json_t *plan_reminders(const struct change *change, struct request_work *work, const char *state)
{
    bool asked = json_object_get(exchange_body(change->exchange), "remind") != NULL;
    size_t index;
    json_t *item;
    if (strcmp(state, "closed") == 0 && !change->was_closed)
        work->wanted = NULL;
    json_t *plan = request_work_reminders(work, strcmp(state, "open") == 0, time(NULL));
    json_array_foreach(plan, index, item)
        if (asked && strcmp(json_text(item, "kind"), "wanted") == 0)
            json_object_set_new(item, "asked", json_true());
    return plan;
}

// Clocks, warnings and reminders of the request as it will be; false: answered with a refusal.
static bool finish(struct change *change, struct request_work *work, json_t *write, struct error *error)
{
    json_t *set = json_object_get(write, "set");
    if (!request_work_compute(work, error) || !fits_kind(change, work, error))
        return false;
    if (!change->recheck)
        work->warnings.count = 0; // what was said when it was filed need not be said again
    request_work_note_wanted(work, json_object_get(exchange_body(change->exchange), "remind"), zone_date(time(NULL), work->library_zone));
    bool anyway = json_is_true(json_object_get(exchange_body(change->exchange), "anyway"));
    if (change->recheck && request_work_must_confirm(work)) {
        change->confirm = !anyway || request_work_is_refused(work);
        if (change->confirm)
            return false;
        record_confirmation(work, write);
    }
    const char *state = json_text(set, "state");
    json_t *described = json_object();
    bool good = request_work_describe(work, described);
    for (const char *const *member = (const char *const[]){"clocks", "received", "received_assumed", NULL}; *member != NULL; member++)
        json_object_set(write, *member, json_object_get(described, *member));
    for (const char *const *member = (const char *const[]){"law", "law_name", "right", "channel_id", "channel_kind", "designation", "zone",
                                                           "calendar", NULL};
         change->redescribe && *member != NULL; member++)
        json_object_set(set, *member, json_object_get(described, *member));
    json_decref(described);
    json_object_set_new(write, "reminders", plan_reminders(change, work, state));
    return good || memory_error(error);
}

static bool work_out(struct change *change, struct request_work *work, const json_t *state, json_t *write, struct error *error)
{
    unsigned long memory = memory_failures();
    if (write == NULL)
        return memory_error(error);
    json_t *idempotency = request_write_idempotency(change->exchange, error);
    if (idempotency == NULL)
        return false;
    json_object_set(write, "ref", json_object_get(state, "ref"));
    json_object_set(write, "version", json_object_get(state, "version"));
    json_object_set_new(write, "set", json_pack("{s:O}", "state", json_object_get(state, "state")));
    json_object_set_new(write, "events", json_array());
    json_object_set_new(write, "void", json_array());
    json_object_set_new(write, "idempotency", idempotency);
    json_object_set(write, "reply", json_object_get(exchange_body(change->exchange), "reply")); // only of an event: the mail that says so
    // What follows relies on what was put in so far.
    if (!memory_sufficed(memory, error) || !change->apply(change, work, state, write, error) || !memory_sufficed(memory, error))
        return false;
    if (change->keeps_ended) // how the vendor's time was counted stays as it was when the request ended, whatever the law's file says now
        json_object_set_new(write, "clocks_of", json_string(clock_party_name(PARTY_REQUESTER)));
    if (change->recheck) // what was checked against the subject's other requests must still hold when this is written
        json_object_set(write, "subject_version", json_object_get(json_object_get(state, "subject"), "version"));
    return finish(change, work, write, error);
}

static void change_write(struct change *change, const json_t *state)
{
    struct error error = {0};
    struct request_work work;
    json_t *write = json_object();
    request_write_prepare(change->exchange, &work, state);
    change->event = NULL;
    change->confirm = change->recheck = change->redescribe = change->keeps_ended = false;
    change->was_closed = strcmp(json_text(state, "state"), "closed") == 0;
    if (work_out(change, &work, state, write, &error)) {
        request_write_name_laws(change->exchange, write);
        char *text = json_dumps(write, JSON_COMPACT);
        change->warnings = request_work_warnings(&work);
        exchange_call(change->exchange, STATEMENT_request_change, text, on_changed, change);
        free(text);
    } else if (change->confirm) {
        request_write_confirm(change->exchange, &work);
    } else {
        exchange_fail(change->exchange, &error);
    }
    json_decref(write);
    request_work_release(&work);
}

static void on_other_vendor(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct change *change = context;
    (void)retry;
    json_t *snapshot = NULL;
    if (error->code != ERROR_NONE) {
        exchange_fail(change->exchange, error);
    } else if ((snapshot = exchange_read(change->exchange, json, length)) != NULL) {
        json_object_set(change->state, "vendor", json_object_get(snapshot, "vendor"));
        json_object_set(change->state, "earlier", json_object_get(snapshot, "earlier"));
        json_object_set(change->state, "purged", json_object_get(snapshot, "purged"));
        change_write(change, change->state);
    }
    json_decref(snapshot);
    json_decref(change->state);
    change->state = NULL;
}

// A corrected vendor: its document and the subject's requests to it are needed too.
static void read_other_vendor(struct change *change, const char *vendor)
{
    json_t *question = json_pack("{s:s, s:O, s:O}", "vendor", vendor, "subject",
                                 json_object_get(json_object_get(change->state, "subject"), "alias"),
                                 "sent", json_object_get(change->state, "sent_on"));
    char *text = json_dumps(question, JSON_COMPACT);
    exchange_call(change->exchange, STATEMENT_request_snapshot, text, on_other_vendor, change);
    free(text);
    json_decref(question);
}

static void on_state(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct change *change = context;
    (void)retry;
    if (error->code != ERROR_NONE) {
        exchange_fail(change->exchange, error);
        return;
    }
    change->state = exchange_read(change->exchange, json, length);
    if (change->state == NULL)
        return;
    const char *vendor = json_text(exchange_body(change->exchange), "vendor");
    if (request_write_replay(change->exchange, change->state)) {
        // answered
    } else if (change->expected != 0 && change->expected != json_integer_value(json_object_get(change->state, "version"))) {
        fail_precondition(change);
    } else if (vendor != NULL) {
        read_other_vendor(change, vendor);
        return;
    } else {
        change_write(change, change->state);
    }
    json_decref(change->state);
    change->state = NULL;
}

static void read_state(struct change *change)
{
    struct error error;
    change->tries++;
    json_t *idempotency = request_write_idempotency(change->exchange, &error);
    if (idempotency == NULL) {
        exchange_fail(change->exchange, &error);
        return;
    }
    json_t *question = json_pack("{s:s, s:o}", "ref", change->reference, "idempotency", idempotency);
    char *text = json_dumps(question, JSON_COMPACT);
    exchange_call(change->exchange, STATEMENT_request_state, text, on_state, change);
    free(text);
    json_decref(question);
}

static void begin(struct exchange *exchange, const struct json_member *members, change_apply *apply)
{
    struct error error = {0};
    struct change *change = exchange_context(exchange, sizeof *change);
    if (change == NULL) {
        memory_error(&error);
    } else if (!reference_parse(exchange_path_value(exchange), change->reference)) {
        error_set(&error, ERROR_not_found, "ref", "%s is no reference; one looks like R-7K3F-92QM.", exchange_path_value(exchange));
    } else if (json_check(exchange_body(exchange), members, &error)) {
        change->exchange = exchange;
        change->apply = apply;
        if (read_if_match(change, &error)) {
            read_state(change);
            return;
        }
    }
    exchange_fail(exchange, &error);
}

void handle_request_event(struct exchange *exchange)
{
    static const struct json_member members[] = {
        {"event", JSON_STRING, JSON_NEEDED, 40},     {"on", JSON_STRING, JSON_OPTIONAL, WORK_DAY_MAXIMUM},
        {"note", JSON_STRING, JSON_OPTIONAL, 4000},  {"outcome", JSON_STRING, JSON_OPTIONAL, 40},
        {"reason", JSON_STRING, JSON_OPTIONAL, 40},  {"anyway", JSON_TRUE, JSON_OPTIONAL, 0},
        {"reply", JSON_STRING, JSON_OPTIONAL, 36},
        {NULL, JSON_NULL, JSON_OPTIONAL, 0},
    };
    begin(exchange, members, change_apply_event);
}

void handle_request_void(struct exchange *exchange)
{
    static const struct json_member members[] = {
        {"event", JSON_STRING, JSON_NEEDED, 40},
        {"reason", JSON_STRING, JSON_OPTIONAL, 1000},
        {NULL, JSON_NULL, JSON_OPTIONAL, 0},
    };
    begin(exchange, members, change_apply_void);
}

void handle_request_amend(struct exchange *exchange)
{
    static const struct json_member members[] = {
        {"vendor", JSON_STRING, JSON_OPTIONAL, 200}, {"law", JSON_STRING, JSON_OPTIONAL, 64},
        {"right", JSON_STRING, JSON_OPTIONAL, 40},   {"channel", JSON_STRING, JSON_OPTIONAL, 64},
        {"sent", JSON_STRING, JSON_OPTIONAL, WORK_DAY_MAXIMUM}, {"courtesy_days", JSON_INTEGER, JSON_OPTIONAL, 0},
        {"remind", JSON_ARRAY, JSON_OPTIONAL, 20},   {"note", JSON_STRING, JSON_OPTIONAL, 4000},
        {"anyway", JSON_TRUE, JSON_OPTIONAL, 0},     {NULL, JSON_NULL, JSON_OPTIONAL, 0},
    };
    begin(exchange, members, change_apply_amend);
}
