// SPDX-License-Identifier: GPL-3.0-or-later
// The officers' log of demands, and what could be handed over. What is sealed of a demand is about those who demand, and for officers only:
// it is opened whatever other roles the officer has.
#include <stdlib.h>
#include <string.h>

#include "http/handlers.h"
#include "http/query.h"
#include "http/request_write.h"
#include "shared/date.h"
#include "shared/json.h"
#include "shared/text.h"

enum { WORDS_MAXIMUM = 4000 };

static const char kinds[] =
    "subpoena, court_order, search_warrant, national_security_letter, agency_request, police_request, civil_discovery, other";
static const char answers[] = "nothing_held, refused, objected, produced_all, produced_part, withdrawn";

static bool check_word(const char *member, const char *word, const char *allowed, struct error *error)
{
    size_t length = strlen(word);
    for (const char *at = allowed; length > 0 && (at = strstr(at, word)) != NULL; at += length)
        if ((at == allowed || at[-1] == ' ') && (at[length] == ',' || at[length] == '\0'))
            return true;
    return error_set(error, ERROR_invalid, member, "%s must be one of: %s.", member, allowed);
}

static bool check_day(const json_t *body, const char *member, struct error *error)
{
    date day;
    const char *text = json_text(body, member);
    return text == NULL || date_parse(text, &day) ||
           error_set(error, ERROR_invalid, member, "%s is %s; write a day as 2026-11-23.", member, text);
}

// Sets `member` of the row to the sealed text; an absent text stays absent.
static bool set_sealed(struct exchange *exchange, json_t *row, const char *member, const char *column, const char *id, const char *text,
                       struct error *error)
{
    if (text == NULL)
        return true;
    char *sealed = vault_seal(exchange_service(exchange)->vault, "demand", column, id, text, strlen(text), error);
    bool good = sealed != NULL && json_object_set_new(row, member, json_string(sealed)) == 0;
    free(sealed);
    return good;
}

static bool set_idempotency(const struct exchange *exchange, json_t *row, struct error *error)
{
    json_t *idempotency = request_write_idempotency(exchange, error);
    return idempotency != NULL && json_object_set_new(row, "idempotency", idempotency) == 0;
}

static void reply(struct exchange *exchange, int status, const char *json, size_t length, const struct error *error)
{
    json_t *answer = NULL;
    if (error->code != ERROR_NONE)
        exchange_fail(exchange, error);
    else if ((answer = exchange_open(exchange, json, length, true)) != NULL)
        exchange_reply_json(exchange, status, answer, 0);
}

static void on_added(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    (void)retry;
    reply(context, 201, json, length, error);
}

static void on_done(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    (void)retry;
    reply(context, 200, json, length, error);
}

void handle_demand_add(struct exchange *exchange)
{
    static const struct json_member members[] = {
        {"kind", JSON_STRING, JSON_NEEDED, 40},
        {"from", JSON_STRING, JSON_NEEDED, 400},
        {"asked", JSON_STRING, JSON_NEEDED, WORDS_MAXIMUM},
        {"received_on", JSON_STRING, JSON_OPTIONAL, 10},
        {"due_on", JSON_STRING, JSON_OPTIONAL, 10},
        {"hold", JSON_STRING, JSON_OPTIONAL, 60},
        {NULL, JSON_NULL, JSON_OPTIONAL, 0},
    };
    struct error error = {0};
    const json_t *body = exchange_body(exchange);
    char id[UUID_TEXT_SIZE];
    vault_uuid(id);
    bool good = json_check(body, members, &error) && check_word("kind", json_text(body, "kind"), kinds, &error) &&
                check_day(body, "received_on", &error) && check_day(body, "due_on", &error);
    json_t *row = good ? json_pack("{s:s, s:s, s:s*, s:s*, s:s*}", "id", id, "kind", json_text(body, "kind"), "received_on",
                                   json_text(body, "received_on"), "due_on", json_text(body, "due_on"), "hold", json_text(body, "hold"))
                       : NULL;
    good = row != NULL && set_sealed(exchange, row, "from_sealed", "from_whom", id, json_text(body, "from"), &error) &&
           set_sealed(exchange, row, "asked_sealed", "asked", id, json_text(body, "asked"), &error) &&
           set_idempotency(exchange, row, &error);
    if (!good) {
        json_decref(row);
        row = NULL;
    }
    exchange_call_row(exchange, STATEMENT_demand_add, row, &error, on_added, exchange);
}

void handle_demand_list(struct exchange *exchange)
{
    static const struct query_parameter parameters[] = {{"open", QUERY_TRUE, 0, 0, NULL}, {"cursor", QUERY_TEXT, 0, 0, NULL}};
    query_call_and_reply(exchange, STATEMENT_demand_list, parameters, sizeof parameters / sizeof parameters[0]);
}

void handle_demand_show(struct exchange *exchange)
{
    exchange_call(exchange, STATEMENT_demand_show, exchange_path_value(exchange), on_done, exchange);
}

// With the demand's id the note can be sealed.
static void on_id(void *context, const char *json, size_t length, bool retry, const struct error *failure)
{
    struct exchange *exchange = context;
    struct error error = {0};
    const json_t *body = exchange_body(exchange);
    (void)retry;
    if (failure->code != ERROR_NONE) {
        exchange_fail(exchange, failure);
        return;
    }
    json_t *demand = exchange_read(exchange, json, length);
    if (demand == NULL)
        return;
    const char *id = json_text(demand, "id");
    json_t *row = json_pack("{s:s, s:s, s:s*, s:s*}", "demand", exchange_path_value(exchange), "answer", json_text(body, "answer"), "answered_on",
                            json_text(body, "answered_on"), "hold", json_text(body, "hold"));
    bool good = row != NULL && id != NULL && set_sealed(exchange, row, "note_sealed", "answer_note", id, json_text(body, "note"), &error);
    if (!good) {
        json_decref(row);
        row = NULL;
    }
    exchange_call_row(exchange, STATEMENT_demand_close, row, &error, on_done, exchange);
    json_decref(demand);
}

void handle_demand_close(struct exchange *exchange)
{
    static const struct json_member members[] = {
        {"answer", JSON_STRING, JSON_NEEDED, 40},
        {"answered_on", JSON_STRING, JSON_OPTIONAL, 10},
        {"note", JSON_STRING, JSON_OPTIONAL, WORDS_MAXIMUM},
        {"hold", JSON_STRING, JSON_OPTIONAL, 60},
        {NULL, JSON_NULL, JSON_OPTIONAL, 0},
    };
    struct error error = {0};
    const json_t *body = exchange_body(exchange);
    if (json_check(body, members, &error) && check_word("answer", json_text(body, "answer"), answers, &error) &&
        check_day(body, "answered_on", &error))
        exchange_call(exchange, STATEMENT_demand_id, exchange_path_value(exchange), on_id, exchange);
    else
        exchange_fail(exchange, &error);
}

// What no table holds, but somebody could ask for.
static json_t *elsewhere(const struct config *config)
{
    bool relayed = config->mail_transport == TRANSPORT_SMTP;
    json_t *places = json_pack("[{s:s, s:s, s:s}, {s:s, s:s, s:s}, {s:s, s:s, s:s}, {s:s, s:s, s:s}]", "what", "key ring and credential", "where",
                     config->vault_ring, "note", "with them all that is sealed can be read; without them none of it", "what",
                     "mails that were sent", "where", relayed ? config->mail_relay : config->mail_maildir, "note",
                     relayed ? "the relay's and the recipients' copies; dsrd has no say over them" : "dsrd has no say over them", "what",
                     "log of dsrd", "where", "journal", "note", "references, aliases and ids; the system's own time limit", "what",
                     "backups", "where", "wherever you keep them", "note",
                     "all that the tables held on that day; what is sealed can be read while its key is kept");
    if (config->inbox_source != INBOX_NONE)
        json_array_append_new(places, json_pack("{s:s, s:s, s:s}", "what", "mails that vendors wrote back", "where",
                                                config->inbox_source == INBOX_IMAP ? config->inbox_url : config->inbox_maildir, "note",
                                                "as they came, with all that they hold; dsrd only reads them"));
    return places;
}

static void on_held(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct exchange *exchange = context;
    (void)retry;
    if (error->code != ERROR_NONE) {
        exchange_fail(exchange, error);
        return;
    }
    json_t *held = exchange_read(exchange, json, length);
    if (held == NULL)
        return;
    json_object_set_new(held, "elsewhere", elsewhere(exchange_service(exchange)->config));
    exchange_reply_json(exchange, 200, held, 0);
}

void handle_held(struct exchange *exchange)
{
    exchange_call(exchange, STATEMENT_held, NULL, on_held, exchange);
}
