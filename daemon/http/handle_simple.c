// SPDX-License-Identifier: GPL-3.0-or-later
// Health, who am I, and my requests at a glance.
#include <string.h>

#include "database/database.h"
#include "http/handlers.h"

static void on_health(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct exchange *exchange = context;
    const struct service *service = exchange_service(exchange);
    (void)retry;
    if (error->code != ERROR_NONE) {
        exchange_fail(exchange, error);
        return;
    }
    json_t *health = json != NULL ? json_loadb(json, length, 0, NULL) : NULL;
    json_t *answer = json_pack("{s:s, s:s, s:s, s:b}", "status", "ok", "version", DSRD_VERSION, "catalogue",
                               catalogue_hash(service->catalogue), "read_only", service->read_only);
    if (answer != NULL && health != NULL)
        json_object_update(answer, health);
    json_decref(health);
    exchange_reply_json(exchange, 200, answer, 0);
}

void handle_health(struct exchange *exchange)
{
    exchange_call(exchange, STATEMENT_health, NULL, on_health, exchange);
}

// For a balancer, which has no account: nothing else is told.
void handle_ready(struct exchange *exchange)
{
    struct error error;
    const struct service *service = exchange_service(exchange);
    if (service->stopping)
        error_set(&error, ERROR_unavailable, "", "dsrd is stopping; another one goes on.");
    else if (!database_is_up(service->database))
        error_set(&error, ERROR_unavailable, "", "The database is not reachable now.");
    else {
        exchange_reply_json(exchange, 200, json_pack("{s:s}", "status", "ready"), 0);
        return;
    }
    exchange_fail(exchange, &error);
}

void handle_me(struct exchange *exchange)
{
    const struct principal *who = exchange_principal(exchange);
    const struct bearer_token *token = exchange_token(exchange);
    const struct library *library = libraries_find(exchange_service(exchange)->libraries, who->library);
    json_t *answer = json_pack("{s:s, s:s, s:i, s:s?}", "account", who->account, "roles", who->roles, "library", who->library,
                               "library_name", library != NULL ? library->name : NULL);
    if (answer != NULL && token != NULL)
        json_object_set_new(answer, "token", json_pack("{s:s, s:s, s:s}", "id", token->id, "scope", token->may_write ? "write" : "read",
                                                       "expires", token->expires));
    exchange_reply_json(exchange, 200, answer, 0);
}

static void on_status(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct exchange *exchange = context;
    (void)retry;
    if (error->code != ERROR_NONE) {
        exchange_fail(exchange, error);
        return;
    }
    json_t *status = json_loadb(json, length, 0, NULL);
    json_object_set(status, "calendars", exchange_service(exchange)->calendar_warnings);
    exchange_reply_json(exchange, 200, status, 0);
}

// Who can mend the calendars is told when one of them ends soon.
void handle_status(struct exchange *exchange)
{
    bool warn = exchange_has_role(exchange, "operator") && json_array_size(exchange_service(exchange)->calendar_warnings) > 0;
    if (warn)
        exchange_call(exchange, STATEMENT_status_mine, NULL, on_status, exchange);
    else
        exchange_call_and_reply(exchange, STATEMENT_status_mine, NULL);
}
