// SPDX-License-Identifier: GPL-3.0-or-later
// The audit log: its entries, and whether it is whole. Both a page a call.
#include <stdlib.h>

#include "http/handlers.h"
#include "http/query.h"
#include "shared/date.h"
#include "shared/json.h"
#include "shared/memory.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define CHAIN {"chain", QUERY_TEXT, 0, 0, "library,system"}

enum { VERIFY_PAGE = 5000 }; // entries a call; about a tenth of a second

static bool check_day(const struct exchange *exchange, const char *name, struct error *error)
{
    date day;
    const char *text = exchange_query(exchange, name);
    return text == NULL || date_parse(text, &day) || error_set(error, ERROR_invalid, name, "%s must be a day such as 2026-11-23.", name);
}

void handle_audit_list(struct exchange *exchange)
{
    static const struct query_parameter parameters[] = {
        CHAIN,
        {"act", QUERY_TEXT, 0, 0, NULL},
        {"since", QUERY_TEXT, 0, 0, NULL},
        {"until", QUERY_TEXT, 0, 0, NULL},
        {"cursor", QUERY_TEXT, 0, 0, NULL},
    };
    struct error error;
    if (check_day(exchange, "since", &error) && check_day(exchange, "until", &error))
        query_call_and_reply(exchange, STATEMENT_audit_list, parameters, COUNT(parameters));
    else
        exchange_fail(exchange, &error);
}

void handle_audit_verify(struct exchange *exchange)
{
    static const struct query_parameter parameters[] = {CHAIN, {"head", QUERY_TEXT, 0, 0, NULL}, {"cursor", QUERY_TEXT, 0, 0, NULL}};
    struct error error = {0};
    char *text = query_to_json(exchange, parameters, COUNT(parameters), &error);
    json_t *question = text != NULL ? json_read_text(text, 0) : NULL;
    free(text);
    text = NULL;
    if (question != NULL && json_object_set_new(question, "limit", json_integer(VERIFY_PAGE)) == 0)
        text = json_dumps(question, JSON_COMPACT);
    json_decref(question);
    if (text == NULL && error.code == ERROR_NONE)
        memory_error(&error);
    if (text != NULL)
        exchange_call_and_reply(exchange, STATEMENT_audit_verify, text);
    else
        exchange_fail(exchange, &error);
    free(text);
}
