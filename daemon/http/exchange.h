// SPDX-License-Identifier: GPL-3.0-or-later
// One HTTP request and its answer, as a handler sees it. Lives until the answer is sent, even if the client has gone.
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"
#include "database/database.h"
#include "database/libraries.h"
#include "law/catalogue.h"
#include "letter/letters.h"
#include "shared/error.h"
#include "shared/text.h"
#include "shared/token.h"
#include "vault/vault.h"

struct key_state { // as the key keeper last found it
    bool conflict;  // the ring is not the one other hosts use: nothing is written
    size_t missing; // keys that were in use and are not in the ring
    size_t overdue; // keys whose time is over and that are still in the ring
};

enum time_doubt { TIME_GOOD, TIME_AHEAD, TIME_BACK, TIME_APART };

struct time_state { // as the time watch last found it
    enum time_doubt doubt;
    int64_t right_at; // the latest moment found right
    int64_t left_s;   // until it is taken for right by itself; -1: never
};

// What every handler may use; owned by the api role, the same for all exchanges.
struct service {
    struct config *config;
    struct database *database;
    struct vault *vault;
    struct catalogue *catalogue;
    struct libraries *libraries; // of the database; there once `open`
    struct letters *letters; // templates of letters
    bool open;      // the database's schema has been found right; until then everything is answered 503
    bool stopping;  // soon: a balancer is to send nothing more here
    bool read_only; // the catalogue differs from the one applied in the database
    struct key_state keys;
    struct time_state time;
    json_t *health;     // api.health() as it last answered; may be NULL
    uint64_t health_at; // when that was, by the loop's clock
    json_t *calendar_warnings; // [{"calendar", "until"}] whose yearly days end soon; may be NULL
    void (*outbox_changed)(void *context, int library); // wakes its scheduler
    void (*laws_changed)(void *context);   // other laws are in force
    void *context;
};

struct exchange;

// With what a caller over TCP came.
struct bearer_token {
    char id[TOKEN_ID_SIZE];
    char expires[16]; // 2027-02-24
    bool may_write;
};

struct service *exchange_service(struct exchange *exchange);
const struct principal *exchange_principal(const struct exchange *exchange);
const struct bearer_token *exchange_token(const struct exchange *exchange); // NULL: the caller is known by the socket
bool exchange_has_role(const struct exchange *exchange, const char *role);
const char *exchange_operation(const struct exchange *exchange);  // of the route, "createRequest"
const char *exchange_path_value(const struct exchange *exchange); // the {value} of the route's pattern
const char *exchange_query(const struct exchange *exchange, const char *name);      // decoded, or NULL
json_t *exchange_body(const struct exchange *exchange);                             // borrowed; NULL without a body
const struct text *exchange_form(const struct exchange *exchange);                   // the body's bytes, where the route takes no JSON
const char *exchange_header(const struct exchange *exchange, const char *name);     // "If-Match", or NULL

// Memory that lives as long as the exchange (zeroed); NULL: there is none, which the caller answers.
void *exchange_context(struct exchange *exchange, size_t size);

// Answer once. exchange_reply_json takes the reference; exchange_reply_text copies.
// version > 0 becomes ETag: "version".
void exchange_reply_json(struct exchange *exchange, int status, json_t *body, long version);
void exchange_reply_text(struct exchange *exchange, int status, const char *json, size_t length, long version);
void exchange_reply_plain(struct exchange *exchange, const struct text *text); // 200, text/plain
void exchange_reply_page(struct exchange *exchange, int status, const struct text *html); // copies
void exchange_fail(struct exchange *exchange, const struct error *error); // RFC 9457; 503 with Retry-After
// A problem document with extra members, e.g. {"warnings": [...]}; takes the reference.
void exchange_fail_with(struct exchange *exchange, const struct error *error, json_t *members);

// database_call() on behalf of this exchange's principal.
void exchange_call(struct exchange *exchange, enum statement statement, const char *parameter, database_done *done, void *context);
// The same with a row as JSON, which it takes; `done` NULL: ends like exchange_call_and_reply(). A NULL row answers the error, or, when there is
// none, that memory ran out.
void exchange_call_row(struct exchange *exchange, enum statement statement, json_t *row, const struct error *error, database_done *done, void *context);
void exchange_forget_peers(struct exchange *exchange); // accounts have changed
// The record's version in a function's answer (its first "version" member), or 0.
long exchange_version_of(const char *json, size_t length);
// The database's answer. The caller's; NULL: there was no memory for it, which was answered.
json_t *exchange_read(struct exchange *exchange, const char *json, size_t length);
// The database's answer with what is sealed in it opened, or put as null when the caller may not see it. The caller's; NULL: an error was answered.
json_t *exchange_open(struct exchange *exchange, const char *json, size_t length, bool may_open);
// The usual ending of a read: calls, opens what this caller may see, replies 200 with the JSON (404 is raised by SQL).
void exchange_call_and_reply(struct exchange *exchange, enum statement statement, const char *parameter);

#endif
