// SPDX-License-Identifier: GPL-3.0-or-later
// `dsr list`, `dsr overdue`: requests, page by page until there are no more.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/handlers.h"
#include "client/output.h"
#include "client/request_rows.h"
#include "shared/json.h"
#include "shared/text.h"

static void add_filters(const struct arguments *arguments, struct text *query)
{
    static const char *const texts[][2] = {{"due-within", "due_within"}, {"state", "state"}, {"status", "status"}, {"vendor", "vendor"},
                                           {"law", "law"}, {"right", "right"}, {"subject", "subject"}, {"sort", "sort"}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        client_query(query, texts[i][1], argument_value(arguments, texts[i][0]));
    if (argument_flag(arguments, "mine"))
        client_query(query, "mine", "true");
}

static int list(struct client *client, const struct arguments *arguments, bool overdue, bool check)
{
    struct error error;
    struct text query = {0};
    int64_t limit = check ? 1 : 0;
    const char *limit_text = argument_value(arguments, "limit");
    if (limit_text != NULL && !text_to_integer(limit_text, 1, 1000000, &limit)) {
        error_set(&error, ERROR_malformed, "limit", "--limit must be a whole number from 1 to 1000000.");
        return client_fail(&error);
    }
    text_append(&query, "/v1/requests");
    add_filters(arguments, &query);
    if (overdue)
        client_query(&query, "overdue", "true");
    json_t *requests = client_pages(client, query.text, "requests", limit, &error);
    text_release(&query);
    if (requests == NULL)
        return client_fail(&error);
    size_t count = json_array_size(requests);
    int status = EXIT_DONE;
    if (check)
        status = count > 0 ? EXIT_FOUND : EXIT_DONE;
    else
        status = request_rows_print(client, requests, overdue ? "Nothing is overdue." : "No requests.");
    json_decref(requests);
    return status;
}

int run_list(struct client *client, const struct arguments *arguments)
{
    return list(client, arguments, argument_flag(arguments, "overdue"), false);
}

int run_overdue(struct client *client, const struct arguments *arguments)
{
    return list(client, arguments, true, argument_flag(arguments, "check"));
}
