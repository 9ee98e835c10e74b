// SPDX-License-Identifier: GPL-3.0-or-later
// How a request's dates were counted, how to appeal and where to complain, which stand in the law's file; and the evidence of it all.
#include <stdio.h>

#include "http/handlers.h"
#include "request/reference.h"
#include "shared/json.h"

static void add_ways(const struct catalogue *catalogue, json_t *explanation)
{
    const struct law *law = catalogue_law(catalogue, json_text(explanation, "law"));
    const char *authority = law != NULL ? law_authority(law) : NULL, *appeal = law != NULL ? law_appeal(law) : NULL;
    json_object_set_new(explanation, "appeal", appeal != NULL ? json_string(appeal) : json_null());
    json_object_set_new(explanation, "authority", authority != NULL ? json_string(authority) : json_null());
}

static void on_explained(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct exchange *exchange = context;
    (void)retry;
    if (error->code != ERROR_NONE) {
        exchange_fail(exchange, error);
        return;
    }
    json_t *answer = exchange_read(exchange, json, length);
    if (answer == NULL)
        return;
    add_ways(exchange_service(exchange)->catalogue, answer);
    exchange_reply_json(exchange, 200, answer, 0);
}

static void on_evidence(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct exchange *exchange = context;
    (void)retry;
    if (error->code != ERROR_NONE) {
        exchange_fail(exchange, error);
        return;
    }
    json_t *answer = exchange_open(exchange, json, length, true);
    if (answer == NULL)
        return;
    add_ways(exchange_service(exchange)->catalogue, json_object_get(answer, "explanation"));
    exchange_reply_json(exchange, 200, answer, 0);
}

// The reference in the path, or the answer that it is none.
static bool read_reference(struct exchange *exchange, char reference[REFERENCE_SIZE])
{
    struct error error;
    if (reference_parse(exchange_path_value(exchange), reference))
        return true;
    error_set(&error, ERROR_not_found, "ref", "%s is no reference; one looks like R-7K3F-92QM.", exchange_path_value(exchange));
    exchange_fail(exchange, &error);
    return false;
}

void handle_request_explanation(struct exchange *exchange)
{
    char reference[REFERENCE_SIZE];
    if (read_reference(exchange, reference))
        exchange_call(exchange, STATEMENT_request_explain, reference, on_explained, exchange);
}

void handle_request_evidence(struct exchange *exchange)
{
    char reference[REFERENCE_SIZE], question[REFERENCE_SIZE + 16];
    if (!read_reference(exchange, reference))
        return;
    snprintf(question, sizeof question, "{\"ref\": \"%s\"}", reference);
    exchange_call(exchange, STATEMENT_request_evidence, question, on_evidence, exchange);
}
