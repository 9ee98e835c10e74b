// SPDX-License-Identifier: GPL-3.0-or-later
// What vendors wrote back: read by dsrd-inbox, decided by people here.
#include <string.h>

#include "http/handlers.h"
#include "http/query.h"
#include "request/reference.h"
#include "shared/json.h"

void handle_inbox_list(struct exchange *exchange)
{
    static const struct query_parameter parameters[] = {{"state", QUERY_TEXT, 0, 0, "pen,proposed,noted,confirmed,discarded"},
                                                        {"cursor", QUERY_TEXT, 0, 0, NULL}};
    query_call_and_reply(exchange, STATEMENT_inbox_list, parameters, sizeof parameters / sizeof parameters[0]);
}

void handle_inbox_show(struct exchange *exchange)
{
    const char *text = exchange_query(exchange, "text");
    struct error error;
    if (text != NULL && strcmp(text, "true") != 0) {
        error_set(&error, ERROR_invalid, "text", "text can only be true.");
        exchange_fail(exchange, &error);
    } else {
        exchange_call_row(exchange, STATEMENT_inbox_show, json_pack("{s:s, s:b}", "id", exchange_path_value(exchange), "text", text != NULL), NULL, NULL, NULL);
    }
}

void handle_inbox_assign(struct exchange *exchange)
{
    static const struct json_member members[] = {{"ref", JSON_STRING, JSON_NEEDED, 40}, {NULL, JSON_NULL, JSON_OPTIONAL, 0}};
    const json_t *body = exchange_body(exchange);
    char reference[REFERENCE_SIZE];
    struct error error;
    if (!json_check(body, members, &error)) {
        exchange_fail(exchange, &error);
    } else if (!reference_parse(json_text(body, "ref"), reference)) {
        error_set(&error, ERROR_invalid, "ref", "%s is no reference; one looks like R-7K3F-92QM.", json_text(body, "ref"));
        exchange_fail(exchange, &error);
    } else {
        exchange_call_row(exchange, STATEMENT_inbox_assign, json_pack("{s:s, s:s}", "id", exchange_path_value(exchange), "ref", reference), NULL, NULL, NULL);
    }
}

void handle_inbox_decide(struct exchange *exchange)
{
    static const struct json_member members[] = {{"state", JSON_STRING, JSON_NEEDED, 20}, {NULL, JSON_NULL, JSON_OPTIONAL, 0}};
    const json_t *body = exchange_body(exchange);
    struct error error;
    bool good = json_check(body, members, &error);
    const char *state = good ? json_text(body, "state") : "";
    if (good && strcmp(state, "confirmed") != 0 && strcmp(state, "discarded") != 0)
        good = error_set(&error, ERROR_invalid, "state", "state must be confirmed or discarded.");
    if (good)
        exchange_call_row(exchange, STATEMENT_inbox_decide, json_pack("{s:s, s:s}", "id", exchange_path_value(exchange), "state", state), NULL, NULL, NULL);
    else
        exchange_fail(exchange, &error);
}
