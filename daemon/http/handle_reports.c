// SPDX-License-Identifier: GPL-3.0-or-later
// Counts by vendor and right: exact and of any quarter for staff, who may see each request anyway; as published for all others.
#include <stdio.h>
#include <string.h>

#include "http/handlers.h"
#include "shared/text.h"

enum { DATE_SIZE = 16, QUESTION_SIZE = 160 };

// "2026Q4" → its first day and the first day after it.
static bool read_quarter(const char *quarter, char from[DATE_SIZE], char until[DATE_SIZE], struct error *error)
{
    int64_t year = 0;
    char digits[5] = "";
    snprintf(digits, sizeof digits, "%s", quarter);
    if (strlen(quarter) != 6 || (quarter[4] != 'Q' && quarter[4] != 'q') || quarter[5] < '1' || quarter[5] > '4' ||
        !text_to_integer(digits, 1900, 9998, &year))
        return error_set(error, ERROR_invalid, "quarter", "quarter must look like 2026Q4.");
    int first = (quarter[5] - '1') * 3 + 1;
    snprintf(from, DATE_SIZE, "%04d-%02d-01", (int)year, first);
    snprintf(until, DATE_SIZE, "%04d-%02d-01", (int)year + (first == 10), first == 10 ? 1 : first + 3);
    return true;
}

static void reply_report(struct exchange *exchange, const char *what, enum statement exact)
{
    struct error error;
    char from[DATE_SIZE] = "1900-01-01", until[DATE_SIZE] = "9999-01-01", question[QUESTION_SIZE];
    const struct config *config = exchange_service(exchange)->config;
    const char *quarter = exchange_query(exchange, "quarter"), *published = exchange_query(exchange, "published");
    bool valid = published == NULL || strcmp(published, "true") == 0 || strcmp(published, "false") == 0;
    if (!valid)
        error_set(&error, ERROR_invalid, "published", "published must be true or false.");
    if (!valid || (quarter != NULL && !read_quarter(quarter, from, until, &error))) {
        exchange_fail(exchange, &error);
    } else if (exchange_has_role(exchange, "staff") && (published == NULL || strcmp(published, "false") == 0)) {
        snprintf(question, sizeof question, "{\"from\": \"%s\", \"until\": \"%s\"}", from, until);
        exchange_call_and_reply(exchange, exact, question);
    } else {
        int length = snprintf(question, sizeof question, "{\"what\": \"%s\", \"k\": %d, \"close_days\": %d", what, config->reports_k,
                              config->reports_close_days);
        if (quarter != NULL)
            length += snprintf(question + length, sizeof question - (size_t)length, ", \"from\": \"%s\"", from);
        snprintf(question + length, sizeof question - (size_t)length, "}");
        exchange_call_and_reply(exchange, STATEMENT_report_published, question);
    }
}

void handle_report_vendors(struct exchange *exchange)
{
    reply_report(exchange, "vendors", STATEMENT_report_vendors);
}

void handle_report_rights(struct exchange *exchange)
{
    reply_report(exchange, "rights", STATEMENT_report_rights);
}
