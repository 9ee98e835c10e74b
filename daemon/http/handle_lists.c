// SPDX-License-Identifier: GPL-3.0-or-later
// Reads that are one call: requests, subjects, vendors, accounts, mail.
#include <stdio.h>
#include <string.h>

#include "http/handlers.h"
#include "http/query.h"
#include "http/request_write.h"
#include "request/reference.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void handle_request_list(struct exchange *exchange)
{
    static const struct query_parameter parameters[] = {
        {"status", QUERY_TEXT, 0, 0, "draft,closed,answer_to_check,paused,overdue,ack_overdue,due_soon,waiting"},
        {"overdue", QUERY_TRUE, 0, 0, NULL},
        {"due_within", QUERY_NUMBER, 0, 3650, NULL},
        {"vendor", QUERY_TEXT, 0, 0, NULL},
        {"law", QUERY_TEXT, 0, 0, NULL},
        {"right", QUERY_TEXT, 0, 0, "access,deletion,correction,portability,opt_out,limit_sensitive,restrict_object,third_party_list,complaint,adm"},
        {"state", QUERY_TEXT, 0, 0, "draft,open,closed"},
        {"mine", QUERY_TRUE, 0, 0, NULL},
        {"subject", QUERY_TEXT, 0, 0, NULL},
        {"homework", QUERY_TEXT, 0, 0, NULL},
        {"sort", QUERY_TEXT, 0, 0, "due,-due,sent,-sent,vendor,-vendor,ref,-ref"},
        {"cursor", QUERY_TEXT, 0, 0, NULL},
    };
    struct error error;
    const char *law = exchange_query(exchange, "law");
    // An empty list would hide a slip of the pen.
    if (law == NULL || catalogue_find_law(exchange_service(exchange)->catalogue, law, &error) != NULL)
        query_call_and_reply(exchange, STATEMENT_request_list, parameters, COUNT(parameters));
    else
        exchange_fail(exchange, &error);
}

void handle_homework_list(struct exchange *exchange)
{
    exchange_call_and_reply(exchange, STATEMENT_homework_list, NULL);
}

static bool reference_of(const struct exchange *exchange, char reference[REFERENCE_SIZE], struct error *error)
{
    return reference_parse(exchange_path_value(exchange), reference) ||
           error_set(error, ERROR_not_found, "ref", "%s is no reference; one looks like R-7K3F-92QM.", exchange_path_value(exchange));
}

static void reply_for_reference(struct exchange *exchange, enum statement statement)
{
    char reference[REFERENCE_SIZE];
    struct error error;
    if (reference_of(exchange, reference, &error))
        exchange_call_and_reply(exchange, statement, reference);
    else
        exchange_fail(exchange, &error);
}

void handle_request_show(struct exchange *exchange)
{
    reply_for_reference(exchange, STATEMENT_request_show);
}

void handle_request_status(struct exchange *exchange)
{
    char reference[REFERENCE_SIZE];
    struct error error;
    if (!reference_of(exchange, reference, &error))
        exchange_fail(exchange, &error);
    else
        request_write_status(exchange, 200, reference);
}

void handle_subject_list(struct exchange *exchange)
{
    static const struct query_parameter parameters[] = {{"cursor", QUERY_TEXT, 0, 0, NULL}};
    query_call_and_reply(exchange, STATEMENT_subject_list, parameters, COUNT(parameters));
}

void handle_vendor_list(struct exchange *exchange)
{
    static const struct query_parameter parameters[] = {
        {"q", QUERY_TEXT, 0, 0, NULL},
        {"name", QUERY_TEXT, 0, 0, NULL},
        {"trouble", QUERY_TRUE, 0, 0, NULL},
        {"merged", QUERY_TRUE, 0, 0, NULL},
    };
    query_call_and_reply(exchange, STATEMENT_vendor_list, parameters, COUNT(parameters));
}

void handle_vendor_show(struct exchange *exchange)
{
    exchange_call_and_reply(exchange, STATEMENT_vendor_show, exchange_path_value(exchange));
}

void handle_account_list(struct exchange *exchange)
{
    exchange_call_and_reply(exchange, STATEMENT_account_list, NULL);
}

void handle_mail_list(struct exchange *exchange)
{
    static const struct query_parameter parameters[] = {
        {"state", QUERY_TEXT, 0, 0, "queued,leased,sending,sent,failed,in_doubt,cancelled"},
        {"cursor", QUERY_TEXT, 0, 0, NULL},
    };
    query_call_and_reply(exchange, STATEMENT_mail_list, parameters, COUNT(parameters));
}

void handle_mail_show(struct exchange *exchange)
{
    exchange_call_and_reply(exchange, STATEMENT_mail_show, exchange_path_value(exchange));
}

void handle_mail_retry(struct exchange *exchange)
{
    exchange_call_and_reply(exchange, STATEMENT_mail_retry, exchange_path_value(exchange));
}
