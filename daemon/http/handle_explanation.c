// SPDX-License-Identifier: GPL-3.0-or-later
// How a request's dates were counted, how to appeal and where to complain, which stand in the law's file.
#include "http/handlers.h"
#include "request/reference.h"
#include "shared/json.h"

static void on_explained(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct exchange *exchange = context;
    (void)retry;
    if (error->code != ERROR_NONE) {
        exchange_fail(exchange, error);
        return;
    }
    json_t *answer = json_loadb(json, length, 0, NULL);
    const struct law *law = catalogue_law(exchange_service(exchange)->catalogue, json_text(answer, "law"));
    const char *authority = law != NULL ? law_authority(law) : NULL, *appeal = law != NULL ? law_appeal(law) : NULL;
    json_object_set_new(answer, "appeal", appeal != NULL ? json_string(appeal) : json_null());
    json_object_set_new(answer, "authority", authority != NULL ? json_string(authority) : json_null());
    exchange_reply_json(exchange, 200, answer, 0);
}

void handle_request_explanation(struct exchange *exchange)
{
    char reference[REFERENCE_SIZE];
    struct error error;
    if (reference_parse(exchange_path_value(exchange), reference)) {
        exchange_call(exchange, STATEMENT_request_explain, reference, on_explained, exchange);
        return;
    }
    error_set(&error, ERROR_not_found, "ref", "%s is no reference; one looks like R-7K3F-92QM.", exchange_path_value(exchange));
    exchange_fail(exchange, &error);
}
