// SPDX-License-Identifier: GPL-3.0-or-later
// From query parameters to the jsonb a list function takes.
#ifndef HTTP_QUERY_H
#define HTTP_QUERY_H

#include "http/exchange.h"

enum query_type { QUERY_TEXT, QUERY_NUMBER, QUERY_TRUE };

struct query_parameter {
    const char *name;
    enum query_type type;
    int minimum, maximum; // of numbers
    const char *words;    // allowed texts, comma-separated; NULL = any
};

// The given parameters as one JSON text (caller frees); `limit` (1 to 200) is added, 50 if absent. NULL: error says why.
char *query_to_json(const struct exchange *exchange, const struct query_parameter *parameters, size_t count, struct error *error);

// Calls a list function with the query as its parameter and replies.
void query_call_and_reply(struct exchange *exchange, enum statement statement, const struct query_parameter *parameters, size_t count);

#endif
