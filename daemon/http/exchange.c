// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "http/server.h"
#include "http/server_internal.h"
#include "shared/json.h"
#include "shared/log.h"
#include "shared/memory.h"

struct service *exchange_service(struct exchange *exchange)
{
    return exchange->service;
}

const struct principal *exchange_principal(const struct exchange *exchange)
{
    return &exchange->who;
}

const struct bearer_token *exchange_token(const struct exchange *exchange)
{
    return exchange->remote ? &exchange->token : NULL;
}

// `list` is comma-separated.
static bool list_has(const char *list, const char *word, size_t length)
{
    for (const char *at = list; *at != '\0';) {
        size_t part = strcspn(at, ",");
        if (part == length && memcmp(at, word, length) == 0)
            return true;
        at += part + (at[part] == ',');
    }
    return false;
}

bool exchange_has_role(const struct exchange *exchange, const char *role)
{
    return list_has(exchange->who.roles, role, strlen(role));
}

const char *exchange_operation(const struct exchange *exchange)
{
    return exchange->route->operation;
}

const char *exchange_path_value(const struct exchange *exchange)
{
    return exchange->path_value;
}

const char *exchange_query(const struct exchange *exchange, const char *name)
{
    return exchange->connection != NULL ? MHD_lookup_connection_value(exchange->connection, MHD_GET_ARGUMENT_KIND, name) : NULL;
}

json_t *exchange_body(const struct exchange *exchange)
{
    return exchange->body;
}

const struct text *exchange_form(const struct exchange *exchange)
{
    return &exchange->body_bytes;
}

const char *exchange_header(const struct exchange *exchange, const char *name)
{
    return exchange->connection != NULL ? MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name) : NULL;
}

void *exchange_context(struct exchange *exchange, size_t size)
{
    if (exchange->context == NULL)
        exchange->context = calloc(1, size);
    return exchange->context;
}

// What can be said without any memory.
static void exchange_set_bare(struct exchange *exchange)
{
    exchange->status = 503;
    exchange->version = 0;
    exchange->content_type = "application/problem+json";
    exchange->is_bare = true;
}

void exchange_reply_text(struct exchange *exchange, int status, const char *json, size_t length, long version)
{
    if (exchange->answered)
        return;
    exchange->answered = true;
    exchange->status = status;
    exchange->version = version;
    text_clear(&exchange->reply);
    text_append_bytes(&exchange->reply, json, length);
    text_append_char(&exchange->reply, '\n');
    if (exchange->reply.failed)
        exchange_set_bare(exchange);
    server_resume(exchange);
}

void exchange_reply_plain(struct exchange *exchange, const struct text *text)
{
    exchange->content_type = "text/plain; version=0.0.4; charset=utf-8";
    exchange_reply_text(exchange, 200, text->text != NULL ? text->text : "", text->length > 0 ? text->length - 1 : 0, 0);
    if (text->failed)
        exchange_set_bare(exchange);
}

void exchange_reply_page(struct exchange *exchange, int status, const struct text *html)
{
    exchange->content_type = "text/html; charset=utf-8";
    exchange->is_page = true;
    exchange_reply_text(exchange, status, html->text != NULL ? html->text : "", html->length, 0);
    if (html->failed)
        exchange_set_bare(exchange);
}

// Whether nothing can be missing from what was put together for this exchange.
static bool exchange_is_whole(const struct exchange *exchange, struct error *error)
{
    return memory_sufficed(exchange->memory, error);
}

void exchange_reply_json(struct exchange *exchange, int status, json_t *body, long version)
{
    struct error error;
    char *text = body != NULL ? json_dumps(body, JSON_COMPACT) : NULL;
    json_decref(body);
    if (text == NULL || !exchange_is_whole(exchange, &error)) {
        free(text);
        memory_error(&error);
        exchange_fail(exchange, &error);
        return;
    }
    exchange_reply_text(exchange, status, text, strlen(text), version);
    free(text);
}

// The problem document as text; NULL: no memory for all of it.
static char *describe_problem(const struct error *error, json_t *members)
{
    char type[64];
    unsigned long memory = memory_failures();
    snprintf(type, sizeof type, "urn:dsrd:error:%s", error_name(error->code));
    json_t *problem = json_pack("{s:s, s:s, s:i, s:s, s:s}", "type", type, "title", error_title(error->code), "status",
                                error_http_status(error->code), "code", error_name(error->code), "detail", error->text);
    if (problem != NULL && error->field[0] != '\0')
        json_object_set_new(problem, "field", json_string(error->field));
    if (problem != NULL && members != NULL)
        json_object_update(problem, members);
    char *text = problem != NULL ? json_dumps(problem, JSON_COMPACT) : NULL;
    json_decref(problem);
    if (memory_failures() == memory)
        return text;
    free(text);
    return NULL;
}

void exchange_fail_with(struct exchange *exchange, const struct error *error, json_t *members)
{
    struct error problem = *error;
    bool refused = !exchange->answered && (error->code == ERROR_forbidden || error->code == ERROR_unauthenticated);
    // What was concluded from something incomplete says nothing.
    bool is_sound = error->code == ERROR_unavailable || exchange_is_whole(exchange, &problem);
    char *text = describe_problem(&problem, is_sound ? members : NULL);
    json_decref(members);
    if (!exchange->answered)
        exchange->content_type = "application/problem+json";
    exchange_reply_text(exchange, error_http_status(problem.code), text != NULL ? text : "", text != NULL ? strlen(text) : 0, 0);
    if (text == NULL)
        exchange_set_bare(exchange);
    free(text);
    if (refused && is_sound)
        server_refused(exchange, error_http_status(problem.code));
}

void exchange_fail(struct exchange *exchange, const struct error *error)
{
    exchange_fail_with(exchange, error, NULL);
}

void exchange_set_source(struct exchange *exchange, const char *kind, const char *value)
{
    enum { SHOWN = 16 }; // of the hash: enough to tell callers apart
    char hash[VAULT_LOOKUP_HEX];
    vault_lookup(exchange->service->vault, kind, value, hash);
    snprintf(exchange->source, sizeof exchange->source, "%s:%.*s", kind, SHOWN, hash);
}

struct pending { // a call on behalf of an exchange, which must not go before it
    struct exchange *exchange;
    database_done *done;
    void *context;
};

static void on_done(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct pending *pending = context;
    struct exchange *exchange = pending->exchange;
    // api.enter() found the account closed or its roles changed: what is remembered of it is out of date.
    if (error->code != ERROR_NONE && strcmp(error->field, "account") == 0 && exchange->server != NULL)
        server_forget_peers(exchange->server);
    pending->done(pending->context, json, length, retry, error);
    free(pending);
    exchange->calls--;
    if (exchange->gone && exchange->calls == 0)
        exchange_free(exchange);
}

void exchange_call(struct exchange *exchange, enum statement statement, const char *parameter, database_done *done, void *context)
{
    struct error error;
    struct pending *pending = malloc(sizeof *pending);
    if (pending == NULL || !exchange_is_whole(exchange, &error)) {
        free(pending);
        memory_error(&error);
        done(context, NULL, 0, false, &error); // it may have something to free
        return;
    }
    *pending = (struct pending){exchange, done, context};
    exchange->calls++;
    const char *parameters[] = {parameter};
    database_call(exchange->service->database, &exchange->who, statement, parameters, on_done, pending);
}

void exchange_forget_peers(struct exchange *exchange)
{
    server_forget_peers(exchange->server);
}

long exchange_version_of(const char *json, size_t length)
{
    // Unescaped quotes cannot stand inside a string, so this is the member and no text that looks like it.
    static const char member[] = "\"version\" : ";
    const char *found = memmem(json, length, member, sizeof member - 1);
    return found != NULL ? strtol(found + sizeof member - 1, NULL, 10) : 0;
}

json_t *exchange_read(struct exchange *exchange, const char *json, size_t length)
{
    struct error error;
    json_t *answer = json != NULL ? json_read(json, length, JSON_DECODE_ANY, NULL) : json_null();
    if (answer == NULL) {
        memory_error(&error);
        exchange_fail(exchange, &error);
    }
    return answer;
}

json_t *exchange_open(struct exchange *exchange, const char *json, size_t length, bool may_open)
{
    struct error error = {0};
    json_t *answer = json_read(json, length, 0, NULL);
    if (answer != NULL && vault_open_json(exchange->service->vault, answer, may_open, &error))
        return answer;
    json_decref(answer);
    if (error.code == ERROR_NONE)
        error_set(&error, ERROR_internal, "", "The database's answer cannot be read.");
    log_error("http: %s", error.text);
    exchange_fail(exchange, &error);
    return NULL;
}

static void reply_opened(struct exchange *exchange, const char *json, size_t length)
{
    // Most answers hold nothing sealed and go out as PostgreSQL built them.
    if (memmem(json, length, "\"sealed\"", 8) == NULL) {
        exchange_reply_text(exchange, 200, json, length, exchange_version_of(json, length));
        return;
    }
    // SQL sends nothing sealed to who is a manager only; should it, this is shut.
    json_t *body = exchange_open(exchange, json, length, strcmp(exchange->who.roles, "manager") != 0);
    if (body != NULL)
        exchange_reply_json(exchange, 200, body, exchange_version_of(json, length));
}

static void on_reply(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct exchange *exchange = context;
    (void)retry;
    if (error->code != ERROR_NONE)
        exchange_fail(exchange, error);
    else if (json == NULL)
        exchange_reply_text(exchange, 200, "null", 4, 0);
    else
        reply_opened(exchange, json, length);
}

void exchange_call_row(struct exchange *exchange, enum statement statement, json_t *row, const struct error *error, database_done *done, void *context)
{
    struct error problem = {0};
    char *text = row != NULL ? json_dumps(row, JSON_COMPACT) : NULL;
    if (row == NULL && error != NULL)
        problem = *error;
    if (text != NULL) {
        exchange_call(exchange, statement, text, done != NULL ? done : on_reply, done != NULL ? context : exchange);
    } else {
        if (problem.code == ERROR_NONE)
            memory_error(&problem);
        exchange_fail(exchange, &problem);
    }
    free(text);
    json_decref(row);
}

void exchange_call_and_reply(struct exchange *exchange, enum statement statement, const char *parameter)
{
    exchange_call(exchange, statement, parameter, on_reply, exchange);
}
