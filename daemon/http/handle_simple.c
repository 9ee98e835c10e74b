// SPDX-License-Identifier: GPL-3.0-or-later
// Health, who am I, and my requests at a glance.
#include <string.h>

#include "database/database.h"
#include "http/handlers.h"

// Answers from what is known, at once: what watches us must not wait for the database, nor take its connections.
void handle_health(struct exchange *exchange)
{
    const struct service *service = exchange_service(exchange);
    bool up = database_is_up(service->database);
    int64_t silent_ms = database_silent_ms(service->database);
    bool still = json_array_size(json_object_get(service->health, "standstill")) > 0;
    json_t *mail = json_copy(json_object_get(service->health, "mail"));
    json_t *answer = json_pack("{s:s, s:s, s:s, s:b, s:i, s:{s:b, s:I, s:I}}", "status", !up ? "unavailable" : still ? "standstill" : "ok", "version", DSRD_VERSION, "catalogue",
                               catalogue_hash(service->catalogue), "read_only", service->read_only, "libraries",
                               (int)libraries_count(service->libraries), "database", "up", up, "silent_s", (json_int_t)(silent_ms < 0 ? -1 : silent_ms / 1000),
                               "waiting", (json_int_t)database_waiting(service->database));
    json_object_update_missing(answer, service->health);
    if (mail != NULL) {
        json_object_set_new(mail, "age_s", json_integer((json_int_t)(database_now(service->database) - service->health_at) / 1000));
        json_object_set_new(answer, "mail", mail);
    }
    exchange_reply_json(exchange, up ? 200 : 503, answer, 0);
}

// For a balancer, which has no account: nothing else is told.
void handle_ready(struct exchange *exchange)
{
    struct error error;
    const struct service *service = exchange_service(exchange);
    if (!service->stopping && database_is_up(service->database)) {
        exchange_reply_json(exchange, 200, json_pack("{s:s}", "status", "ready"), 0);
        return;
    }
    error_set(&error, ERROR_unavailable, "", service->stopping ? "dsrd is stopping; another one goes on." : "The database is not reachable now.");
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

static const char *time_doubt_name(enum time_doubt doubt)
{
    static const char *const names[] = {[TIME_GOOD] = "", [TIME_AHEAD] = "ahead", [TIME_BACK] = "back", [TIME_APART] = "apart"};
    return names[doubt];
}

static void on_status(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct exchange *exchange = context;
    (void)retry;
    if (error->code != ERROR_NONE) {
        exchange_fail(exchange, error);
        return;
    }
    json_t *status = exchange_read(exchange, json, length);
    if (status == NULL)
        return;
    const struct service *service = exchange_service(exchange);
    json_object_set(status, "calendars", service->calendar_warnings);
    if (service->time.doubt != TIME_GOOD)
        json_object_set_new(status, "time", json_pack("{s:s, s:I, s:I}", "doubt", time_doubt_name(service->time.doubt), "right_at",
                                                      (json_int_t)service->time.right_at, "left_s", (json_int_t)service->time.left_s));
    exchange_reply_json(exchange, 200, status, 0);
}

// Who can mend the calendars or a clock is told when one of them ends soon, or is in doubt.
void handle_status(struct exchange *exchange)
{
    const struct service *service = exchange_service(exchange);
    bool warn = exchange_has_role(exchange, "operator") && (json_array_size(service->calendar_warnings) > 0 || service->time.doubt != TIME_GOOD);
    if (warn)
        exchange_call(exchange, STATEMENT_status_mine, NULL, on_status, exchange);
    else
        exchange_call_and_reply(exchange, STATEMENT_status_mine, NULL);
}
