// SPDX-License-Identifier: GPL-3.0-or-later
// What patrons authorise, and their own rights against this record: see, take away and erase what is held
// about them, and stop reminders.
#include <stdlib.h>
#include <string.h>

#include "http/handlers.h"
#include "http/query.h"
#include "http/request_write.h"
#include "law/law.h"
#include "shared/json.h"
#include "shared/memory.h"

enum { SCOPE_MAXIMUM = 50 };

static bool check_day(const json_t *body, const char *member, struct error *error)
{
    date day;
    const char *text = json_text(body, member);
    return text == NULL || date_parse(text, &day) ||
           error_set(error, ERROR_invalid, member, "%s is no day; write it as 2026-11-23.", text);
}

static bool check_form(const char *form, struct error *error)
{
    for (const char *const *known = (const char *const[]){"signed", "email", "in_person", NULL};
         *known != NULL; known++)
        if (strcmp(form, *known) == 0)
            return true;
    return error_set(error, ERROR_invalid, "form", "form must be signed, email or in_person.");
}

static bool check_scope(const json_t *body, struct error *error)
{
    size_t index;
    json_t *item;
    json_array_foreach(
        json_object_get(body, "vendors"), index,
        item) if (!json_is_string(item) || json_string_length(item) == 0 ||
                  json_string_length(item) >
                      200) return error_set(error, ERROR_invalid, "vendors",
                                            "vendors must be names of vendors, such as kanopy.");
    json_array_foreach(
        json_object_get(body, "rights"), index,
        item) if (!json_is_string(item) ||
                  right_index(json_string_value(item)) <
                      0) return error_set(error, ERROR_invalid, "rights",
                                          "There is no right %s; known are access, deletion, correction, "
                                          "portability, opt_out, limit_sensitive, restrict_object, "
                                          "third_party_list, complaint, adm.",
                                          json_is_string(item) ? json_string_value(item) : "of that kind");
    return true;
}

// The body with the alias from the address and what a repeated call is known by. The caller frees; NULL:
// error.
static char *with_alias(const struct exchange *exchange, struct error *error)
{
    char *text = NULL;
    json_t *row = json_copy(exchange_body(exchange));
    json_t *idempotency = request_write_idempotency(exchange, error);
    if (row != NULL && idempotency != NULL && json_object_set_new(row, "idempotency", idempotency) == 0 &&
        json_object_set_new(row, "alias", json_string(exchange_path_value(exchange))) == 0)
        text = json_dumps(row, JSON_COMPACT);
    if (text == NULL && idempotency != NULL)
        memory_error(error);
    json_decref(row);
    return text;
}

static void on_written(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct exchange *exchange = context;
    const struct service *service = exchange_service(exchange);
    (void)retry;
    if (error->code != ERROR_NONE) {
        exchange_fail(exchange, error);
        return;
    }
    if (service->outbox_changed != NULL) // reminders may have been planned again
        service->outbox_changed(service->context, exchange_principal(exchange)->library);
    exchange_reply_text(exchange, strcmp(exchange_operation(exchange), "addAuthority") == 0 ? 201 : 200, json,
                        length, 0);
}

// Calls with the text and frees it; NULL: answers the error.
static void call(struct exchange *exchange, enum statement statement, char *text, const struct error *error)
{
    if (text == NULL)
        exchange_fail(exchange, error);
    else
        exchange_call(exchange, statement, text, on_written, exchange);
    free(text);
}

void handle_authority_add(struct exchange *exchange)
{
    static const struct json_member members[] = {
        {"form", JSON_STRING, JSON_NEEDED, 20},
        {"on", JSON_STRING, JSON_NEEDED, 10},
        {"until", JSON_STRING, JSON_OPTIONAL, 10},
        {"vendors", JSON_ARRAY, JSON_OPTIONAL, SCOPE_MAXIMUM},
        {"rights", JSON_ARRAY, JSON_OPTIONAL, SCOPE_MAXIMUM},
        {NULL, JSON_NULL, JSON_OPTIONAL, 0},
    };
    struct error error = {0};
    const json_t *body = exchange_body(exchange);
    bool good = json_check(body, members, &error) && check_form(json_text(body, "form"), &error) &&
                check_day(body, "on", &error) && check_day(body, "until", &error) &&
                check_scope(body, &error);
    call(exchange, STATEMENT_authority_add, good ? with_alias(exchange, &error) : NULL, &error);
}

void handle_authority_withdraw(struct exchange *exchange)
{
    static const struct json_member members[] = {
        {"authority", JSON_INTEGER, JSON_OPTIONAL, 0},
        {"on", JSON_STRING, JSON_OPTIONAL, 10},
        {NULL, JSON_NULL, JSON_OPTIONAL, 0},
    };
    struct error error = {0};
    const json_t *body = exchange_body(exchange), *number = json_object_get(body, "authority");
    bool good = json_check(body, members, &error) && check_day(body, "on", &error);
    if (good && number != NULL && (json_integer_value(number) < 1 || json_integer_value(number) > 1000000))
        good = error_set(&error, ERROR_invalid, "authority",
                         "authority must be the number of one, as the list shows it.");
    call(exchange, STATEMENT_authority_withdraw, good ? with_alias(exchange, &error) : NULL, &error);
}

void handle_authority_list(struct exchange *exchange)
{
    static const struct query_parameter parameters[] = {{"subject", QUERY_TEXT, 0, 0, NULL},
                                                        {"cursor", QUERY_TEXT, 0, 0, NULL}};
    query_call_and_reply(exchange, STATEMENT_authority_list, parameters,
                         sizeof parameters / sizeof parameters[0]);
}

static const struct json_member on_member[] = {{"on", JSON_TRUE, JSON_NEEDED, 0},
                                               {NULL, JSON_NULL, JSON_OPTIONAL, 0}};

void handle_subject_reminders(struct exchange *exchange)
{
    struct error error = {0};
    bool good = json_check(exchange_body(exchange), on_member, &error);
    call(exchange, STATEMENT_subject_reminders, good ? with_alias(exchange, &error) : NULL, &error);
}

void handle_me_reminders(struct exchange *exchange)
{
    struct error error = {0};
    bool good = json_check(exchange_body(exchange), on_member, &error);
    call(exchange, STATEMENT_me_reminders, good ? json_dumps(exchange_body(exchange), JSON_COMPACT) : NULL,
         &error);
}

void handle_me_held(struct exchange *exchange)
{
    exchange_call_and_reply(exchange, STATEMENT_me_held, NULL);
}

// Everything is the caller's own, so it is opened whatever the roles.
static void on_export(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct exchange *exchange = context;
    json_t *page = NULL;
    (void)retry;
    if (error->code != ERROR_NONE)
        exchange_fail(exchange, error);
    else if ((page = exchange_open(exchange, json, length, true)) != NULL)
        exchange_reply_json(exchange, 200, page, 0);
}

void handle_me_export(struct exchange *exchange)
{
    static const struct query_parameter parameters[] = {{"cursor", QUERY_TEXT, 0, 0, NULL}};
    struct error error = {0};
    char *text = query_to_json(exchange, parameters, 1, &error);
    if (text == NULL)
        exchange_fail(exchange, &error);
    else
        exchange_call(exchange, STATEMENT_me_export, text, on_export, exchange);
    free(text);
}

// What staff hand to the person, who may see all of it.
void handle_subject_export(struct exchange *exchange)
{
    static const struct query_parameter parameters[] = {{"cursor", QUERY_TEXT, 0, 0, NULL}};
    struct error error = {0};
    char *query = query_to_json(exchange, parameters, 1, &error), *text = NULL;
    json_t *row = query != NULL ? json_read_text(query, 0) : NULL;
    if (row != NULL && json_object_set_new(row, "alias", json_string(exchange_path_value(exchange))) == 0)
        text = json_dumps(row, JSON_COMPACT);
    if (text == NULL && query != NULL)
        memory_error(&error);
    if (text == NULL)
        exchange_fail(exchange, &error);
    else
        exchange_call(exchange, STATEMENT_subject_export, text, on_export, exchange);
    json_decref(row);
    free(query);
    free(text);
}

void handle_me_erase(struct exchange *exchange)
{
    static const struct json_member members[] = {{"alias", JSON_STRING, JSON_NEEDED, 40},
                                                 {NULL, JSON_NULL, JSON_OPTIONAL, 0}};
    struct error error = {0};
    bool good = json_check(exchange_body(exchange), members, &error);
    call(exchange, STATEMENT_me_erase, good ? json_dumps(exchange_body(exchange), JSON_COMPACT) : NULL,
         &error);
}

// Few words and no free text: the audit log, which holds them, names nobody.
static bool check_erase_reason(const char *reason, struct error *error)
{
    for (const char *const *known =
             (const char *const[]){"patron_asked", "guardian_asked", "entered_by_mistake", "other", NULL};
         *known != NULL; known++)
        if (strcmp(reason, *known) == 0)
            return true;
    return error_set(error, ERROR_invalid, "reason",
                     "reason must be one of: patron_asked, guardian_asked, entered_by_mistake, other.");
}

void handle_subject_erase(struct exchange *exchange)
{
    static const struct json_member members[] = {{"reason", JSON_STRING, JSON_NEEDED, 40},
                                                 {NULL, JSON_NULL, JSON_OPTIONAL, 0}};
    struct error error = {0};
    const char *reason = NULL;
    json_t *row = NULL;
    if (json_check(exchange_body(exchange), members, &error))
        reason = json_text(exchange_body(exchange), "reason");
    if (reason != NULL && check_erase_reason(reason, &error)) {
        row = json_pack("{s:s, s:s}", "alias", exchange_path_value(exchange), "reason", reason);
        memory_error(&error);
    }
    call(exchange, STATEMENT_subject_forget, row != NULL ? json_dumps(row, JSON_COMPACT) : NULL, &error);
    json_decref(row);
}
