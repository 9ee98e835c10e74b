// SPDX-License-Identifier: GPL-3.0-or-later
// POST /v1/requests: read a snapshot, work it out, write it; again when somebody was faster.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/handlers.h"
#include "http/request_homework.h"
#include "http/request_write.h"
#include "request/reference.h"
#include "request/alias.h"
#include "request/residence.h"
#include "shared/json.h"
#include "shared/memory.h"
#include "shared/zone.h"
#include "vault/person.h"

struct creation {
    struct exchange *exchange;
    int tries;
    bool dry_run;
    json_t *warnings;
};

static void read_snapshot(struct creation *creation);

static const struct json_member members[] = {
    {"vendor", JSON_STRING, JSON_NEEDED, 200},   {"right", JSON_STRING, JSON_NEEDED, 40},
    {"law", JSON_STRING, JSON_NEEDED, 64},       {"subject", JSON_STRING, JSON_OPTIONAL, 40},
    {"residence", JSON_STRING, JSON_OPTIONAL, 60}, {"sent", JSON_STRING, JSON_OPTIONAL, WORK_DAY_MAXIMUM},
    {"draft", JSON_TRUE, JSON_OPTIONAL, 0},      {"received", JSON_STRING, JSON_OPTIONAL, WORK_DAY_MAXIMUM},
    {"channel", JSON_STRING, JSON_OPTIONAL, 64}, {"courtesy_days", JSON_INTEGER, JSON_OPTIONAL, 0},
    {"remind", JSON_ARRAY, JSON_OPTIONAL, 20},   {"note", JSON_STRING, JSON_OPTIONAL, 4000},
    {"anyway", JSON_TRUE, JSON_OPTIONAL, 0},     {"homework", JSON_STRING, JSON_OPTIONAL, 64},
    {NULL, JSON_NULL, JSON_OPTIONAL, 0},
};

// The sent and received days, checked like any event.
static bool add_first_events(const struct creation *creation, struct request_work *work, json_t *events, struct error *error)
{
    const json_t *body = exchange_body(creation->exchange);
    const struct event_kind *sends = event_kind_find("sent"), *arrives = event_kind_find("received");
    const char *arrival = json_text(body, "received");
    date sent, received;
    if (!request_work_day(work, sends, NULL, 0, "sent", json_text(body, "sent"), &sent, error) ||
        !event_check(sends, REQUEST_DRAFT, NULL, 0, sent, work->today, error) || !request_work_add_event(work, "sent", sent, error))
        return false;
    struct past_event past = {"sent", sent};
    if (arrival != NULL && (!request_work_day(work, arrives, &past, 1, "received", arrival, &received, error) ||
                            !event_check(arrives, REQUEST_OPEN, &past, 1, received, work->today, error) ||
                            !request_work_add_event(work, "received", received, error)))
        return false;
    if (!request_work_compute(work, error))
        return false;
    bool confirmed = json_is_true(json_object_get(body, "anyway"));
    json_t *detail = confirmed && request_work_must_confirm(work) ? json_pack("{s:o}", "anyway", request_work_warnings(work)) : NULL;
    json_t *event = request_write_event(creation->exchange, "sent", sent, json_text(body, "note"), NULL, NULL, detail, error);
    if (event == NULL || json_array_append_new(events, event) != 0)
        return false;
    if (arrival == NULL)
        return true;
    event = request_write_event(creation->exchange, "received", received, NULL, NULL, NULL, NULL, error);
    return event != NULL && json_array_append_new(events, event) == 0;
}

static void on_created(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct creation *creation = context;
    if (retry && creation->tries < WRITE_TRIES) {
        json_decref(creation->warnings);
        creation->warnings = NULL;
        read_snapshot(creation);
        return;
    }
    json_t *warnings = creation->warnings;
    creation->warnings = NULL;
    if (error->code == ERROR_NONE) {
        request_write_answer(creation->exchange, 201, json, length, warnings);
    } else {
        json_decref(warnings);
        exchange_fail(creation->exchange, error);
    }
}

// The warnings of the work, and that a residence typed does not count: laws look at the one recorded.
static json_t *warnings_of(const struct creation *creation, const struct request_work *work, const json_t *snapshot)
{
    char typed[RESIDENCE_SIZE];
    struct error error;
    json_t *list = request_work_warnings(work);
    const char *place = json_text(exchange_body(creation->exchange), "residence"), *recorded = json_text(json_object_get(snapshot, "subject"), "residence");
    if (place != NULL && recorded != NULL && residence_parse(place, typed, &error) && strcmp(typed, recorded) != 0)
        json_array_append_new(list, json_pack("{s:s, s:o, s:n}", "code", "residence", "text",
                                              json_sprintf("The residence recorded is %s, which counts here; staff can correct it.", recorded), "free_from"));
    return list;
}

static void reply_dry(struct creation *creation, const struct request_work *work, json_t *write, json_t *warnings)
{
    json_t *answer = json_pack("{s:b, s:b, s:O, s:O, s:O, s:O, s:O, s:o}", "dry_run", 1, "must_confirm", request_work_must_confirm(work), "law", json_object_get(write, "law"), "received",
                               json_object_get(write, "received"), "clocks", json_object_get(write, "clocks"), "channel_id", json_object_get(write, "channel_id"),
                               "channel_kind", json_object_get(write, "channel_kind"), "warnings", warnings);
    exchange_reply_json(creation->exchange, 200, answer, 0);
}

static bool describe(struct creation *creation, const struct request_work *work, const json_t *snapshot, bool draft, json_t *write,
                     struct error *error)
{
    const json_t *subject = json_object_get(snapshot, "subject"), *body = exchange_body(creation->exchange);
    char reference[REFERENCE_SIZE], sent[DATE_TEXT_SIZE];
    uint64_t random;
    vault_random(&random, sizeof random);
    reference_make(random, reference);
    json_t *idempotency = request_write_idempotency(creation->exchange, error);
    if (idempotency == NULL)
        return false;
    json_t *wanted = json_object_get(body, "remind");
    json_t *days = json_object_get(body, "courtesy_days");
    json_object_set_new(write, "ref", json_string(reference));
    json_object_set(write, "subject_id", json_object_get(subject, "id"));
    json_object_set(write, "subject_version", json_object_get(subject, "version"));
    json_object_set(write, "vendor", json_object_get(work->vendor, "slug"));
    json_object_set_new(write, "state", json_string(draft ? "draft" : "open"));
    json_object_set_new(write, "sent_on", draft ? json_null() : json_string(date_format(work->events[0].on, sent)));
    json_object_set_new(write, "courtesy_days", days != NULL ? json_incref(days) : json_null());
    json_object_set_new(write, "wanted", json_is_array(wanted) ? json_incref(wanted) : json_array());
    json_object_set_new(write, "idempotency", idempotency);
    if (json_text(body, "homework") != NULL)
        json_object_set(write, "homework", json_object_get(body, "homework"));
    json_object_set_new(write, "reminders", request_work_reminders(work, !draft, time(NULL)));
    return request_work_describe(work, write) || memory_error(error);
}

static bool work_out(struct creation *creation, struct request_work *work, const json_t *snapshot, json_t *write, struct error *error)
{
    const json_t *body = exchange_body(creation->exchange);
    bool draft = json_is_true(json_object_get(body, "draft"));
    json_t *events = json_array();
    if (json_object_set_new(write, "events", events) != 0)
        return memory_error(error);
    json_int_t days = json_integer_value(json_object_get(body, "courtesy_days"));
    work->courtesy_days = days >= 0 && days <= COURTESY_DAYS_MAXIMUM ? (int)days : 0;
    work->wanted = json_object_get(body, "remind");
    if (json_object_get(body, "courtesy_days") != NULL && (work->courtesy_days < 1 || work->courtesy_days > COURTESY_DAYS_MAXIMUM))
        return error_set(error, ERROR_invalid, "courtesy_days", "courtesy_days must be from 1 to 3650.");
    if (!request_work_check_wanted(work->wanted, zone_date(time(NULL), work->library_zone), error) ||
        !request_work_begin(work, json_text(body, "law"), json_text(body, "right"), json_text(body, "channel"), time(NULL), error) ||
        !request_work_check_days(work, json_object_get(body, "courtesy_days"), error))
        return false;
    if (draft && (json_text(body, "sent") != NULL || json_text(body, "received") != NULL))
        return error_set(error, ERROR_invalid, "draft", "A draft is not sent yet: leave out draft, or the days (sent, received).");
    if (!draft && !add_first_events(creation, work, events, error))
        return false;
    request_work_note_wanted(work, work->wanted, zone_date(time(NULL), work->library_zone));
    request_homework_check(work, snapshot);
    return describe(creation, work, snapshot, draft, write, error);
}

static void write_request(struct creation *creation, const json_t *snapshot)
{
    struct error error = {0};
    struct request_work work;
    json_t *write = json_object();
    request_write_prepare(creation->exchange, &work, snapshot);
    bool anyway = json_is_true(json_object_get(exchange_body(creation->exchange), "anyway"));
    if (!work_out(creation, &work, snapshot, write, &error)) {
        exchange_fail(creation->exchange, &error);
    } else if (request_work_must_confirm(&work) && (!anyway || request_work_is_refused(&work)) && !creation->dry_run) {
        request_write_confirm(creation->exchange, &work);
    } else if (creation->dry_run) {
        reply_dry(creation, &work, write, warnings_of(creation, &work, snapshot));
    } else {
        request_write_name_laws(creation->exchange, write);
        char *text = json_dumps(write, JSON_COMPACT);
        creation->warnings = warnings_of(creation, &work, snapshot);
        exchange_call(creation->exchange, STATEMENT_request_create, text, on_created, creation);
        free(text);
    }
    json_decref(write);
    request_work_release(&work);
}

static void on_own_subject(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct creation *creation = context;
    (void)json;
    (void)length;
    if (error->code == ERROR_NONE || (retry && creation->tries < WRITE_TRIES))
        read_snapshot(creation);
    else
        exchange_fail(creation->exchange, error);
}

// The caller files for itself for the first time: a subject is made from the account.
static void on_own_account(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct creation *creation = context;
    struct service *service = exchange_service(creation->exchange);
    struct error problem = {0};
    char alias[ALIAS_SIZE], residence[RESIDENCE_SIZE];
    uint64_t random;
    (void)retry;
    json_t *account = json != NULL ? json_read(json, length, 0, NULL) : NULL;
    if (json != NULL && account == NULL)
        memory_error(&problem);
    if (error->code != ERROR_NONE || account == NULL || !vault_open_json(service->vault, account, true, &problem)) {
        exchange_fail(creation->exchange, error->code != ERROR_NONE ? error : &problem);
        json_decref(account);
        return;
    }
    json_t *subject = NULL;
    if (residence_parse(json_text(exchange_body(creation->exchange), "residence"), residence, &problem))
        subject = person_seal(service->vault, "subject", json_text(account, "name"), json_text(account, "email"), NULL, &problem);
    if (subject == NULL) {
        exchange_fail(creation->exchange, &problem);
        json_decref(account);
        return;
    }
    vault_random(&random, sizeof random);
    alias_make(random, (unsigned)creation->tries, alias);
    json_object_set_new(subject, "alias", json_string(alias));
    json_object_set_new(subject, "residence", json_string(residence));
    json_object_set_new(subject, "own", json_true());
    char *text = json_dumps(subject, JSON_COMPACT);
    exchange_call(creation->exchange, STATEMENT_subject_create, text, on_own_subject, creation);
    free(text);
    json_decref(subject);
    json_decref(account);
}

static void on_snapshot(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct creation *creation = context;
    struct error problem;
    (void)retry;
    if (error->code != ERROR_NONE) {
        exchange_fail(creation->exchange, error);
        return;
    }
    json_t *snapshot = exchange_read(creation->exchange, json, length);
    if (snapshot == NULL)
        return;
    if (request_write_replay(creation->exchange, snapshot)) {
        json_decref(snapshot);
        return;
    }
    bool has_subject = !json_is_null(json_object_get(snapshot, "subject"));
    if (has_subject || (creation->dry_run && json_text(exchange_body(creation->exchange), "residence") != NULL)) {
        write_request(creation, snapshot);
    } else if (json_text(exchange_body(creation->exchange), "residence") == NULL) {
        error_set(&problem, ERROR_invalid, "residence",
                  "Your first own request needs your residence, such as US-CA or NL (--residence); or say for whom it is (--for ALIAS).");
        exchange_fail(creation->exchange, &problem);
    } else {
        exchange_call(creation->exchange, STATEMENT_subject_own, NULL, on_own_account, creation);
    }
    json_decref(snapshot);
}

static void read_snapshot(struct creation *creation)
{
    const json_t *body = exchange_body(creation->exchange);
    struct error error;
    creation->tries++;
    json_t *idempotency = request_write_idempotency(creation->exchange, &error);
    if (idempotency == NULL) {
        exchange_fail(creation->exchange, &error);
        return;
    }
    date sent; // as exact as months need it; what is no day is refused when it is worked out
    char iso[DATE_TEXT_SIZE];
    bool given = json_text(body, "sent") != NULL && date_parse_human(json_text(body, "sent"), zone_date(time(NULL), "Etc/UTC"), &sent);
    json_t *question = json_pack("{s:s, s:s?, s:s?, s:o, s:s, s:s?}", "vendor", json_text(body, "vendor"), "subject",
                                 json_text(body, "subject"), "sent", given ? date_format(sent, iso) : NULL, "idempotency", idempotency, "right",
                                 json_text(body, "right"), "homework", json_text(body, "homework"));
    char *text = json_dumps(question, JSON_COMPACT);
    exchange_call(creation->exchange, STATEMENT_request_snapshot, text, on_snapshot, creation);
    free(text);
    json_decref(question);
}

static bool check_residence(const json_t *body, struct error *error)
{
    char residence[RESIDENCE_SIZE];
    return json_text(body, "residence") == NULL || residence_parse(json_text(body, "residence"), residence, error);
}

void handle_request_create(struct exchange *exchange)
{
    struct error error;
    const char *dry_run = exchange_query(exchange, "dry_run");
    struct creation *creation = exchange_context(exchange, sizeof *creation);
    if (creation == NULL) {
        memory_error(&error);
        exchange_fail(exchange, &error);
        return;
    }
    creation->exchange = exchange;
    creation->dry_run = dry_run != NULL && strcmp(dry_run, "true") == 0;
    bool good = creation->dry_run || dry_run == NULL || strcmp(dry_run, "false") == 0 ||
                error_set(&error, ERROR_invalid, "dry_run", "dry_run must be true or false.");
    if (good && json_check(exchange_body(exchange), members, &error) && check_residence(exchange_body(exchange), &error) &&
        request_homework_check_name(json_text(exchange_body(exchange), "homework"), &error))
        read_snapshot(creation);
    else
        exchange_fail(exchange, &error);
}
