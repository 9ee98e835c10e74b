// SPDX-License-Identifier: GPL-3.0-or-later
// Writes other than requests: subjects, accounts, test mails. What is personal is sealed before it leaves this process.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/account_roles.h"
#include "http/handlers.h"
#include "http/request_write.h"
#include "shared/memory.h"
#include "vault/person.h"
#include "mail/address.h"
#include "request/alias.h"
#include "request/residence.h"
#include "shared/json.h"
#include "shared/text.h"

struct writing {
    struct exchange *exchange;
    int tries;
};

static struct writing *begin(struct exchange *exchange, const struct json_member *members)
{
    struct error error;
    struct writing *writing = exchange_context(exchange, sizeof *writing);
    if (writing == NULL) {
        memory_error(&error);
        exchange_fail(exchange, &error);
        return NULL;
    }
    writing->exchange = exchange;
    if (members == NULL || json_check(exchange_body(exchange), members, &error))
        return writing;
    exchange_fail(exchange, &error);
    return NULL;
}

// With what a repeated call is known by; takes the row. NULL: error.
static json_t *with_idempotency(const struct exchange *exchange, json_t *row, struct error *error)
{
    json_t *idempotency = row != NULL ? request_write_idempotency(exchange, error) : NULL;
    if (idempotency != NULL && json_object_set_new(row, "idempotency", idempotency) == 0)
        return row;
    json_decref(row);
    return NULL;
}

static void create_subject(struct writing *writing);

static void on_subject(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct writing *writing = context;
    if (retry && writing->tries < WRITE_TRIES) {
        create_subject(writing);
        return;
    }
    if (error->code != ERROR_NONE) {
        exchange_fail(writing->exchange, error);
        return;
    }
    json_t *answer = exchange_read(writing->exchange, json, length);
    if (answer == NULL)
        return;
    int status = json_is_true(json_object_get(answer, "existing")) ? 200 : 201;
    json_object_del(answer, "id");
    exchange_reply_json(writing->exchange, status, answer, 0);
}

static void create_subject(struct writing *writing)
{
    struct error error = {0};
    const json_t *body = exchange_body(writing->exchange);
    const char *email = json_text(body, "email");
    json_t *row = NULL;
    char alias[ALIAS_SIZE], residence[RESIDENCE_SIZE];
    uint64_t random;
    writing->tries++;
    vault_random(&random, sizeof random);
    alias_make(random, (unsigned)writing->tries, alias);
    if (residence_parse(json_text(body, "residence"), residence, &error) && (email == NULL || address_check(email, "email", &error)))
        row = person_seal(exchange_service(writing->exchange)->vault, "subject", json_text(body, "name"), email, NULL, &error);
    row = with_idempotency(writing->exchange, row, &error);
    if (row != NULL) {
        json_object_set_new(row, "alias", json_string(alias));
        json_object_set_new(row, "residence", json_string(residence));
    }
    exchange_call_row(writing->exchange, STATEMENT_subject_create, row, &error, on_subject, writing);
}

void handle_subject_create(struct exchange *exchange)
{
    static const struct json_member members[] = {
        {"name", JSON_STRING, JSON_OPTIONAL, 200},
        {"email", JSON_STRING, JSON_OPTIONAL, ADDRESS_MAXIMUM},
        {"residence", JSON_STRING, JSON_NEEDED, 60},
        {NULL, JSON_NULL, JSON_OPTIONAL, 0},
    };
    struct writing *writing = begin(exchange, members);
    if (writing != NULL)
        create_subject(writing);
}

static void on_account(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct writing *writing = context;
    (void)retry;
    if (error->code != ERROR_NONE) {
        exchange_fail(writing->exchange, error);
        return;
    }
    exchange_forget_peers(writing->exchange);
    exchange_reply_text(writing->exchange, 201, json, length, 0);
}

void handle_account_create(struct exchange *exchange)
{
    static const struct json_member members[] = {
        {"uid", JSON_INTEGER, JSON_OPTIONAL, 0}, // who has none here comes with a token
        {"name", JSON_STRING, JSON_OPTIONAL, 200},
        {"email", JSON_STRING, JSON_OPTIONAL, ADDRESS_MAXIMUM},
        {"roles", JSON_ARRAY, JSON_NEEDED, 8},
        {NULL, JSON_NULL, JSON_OPTIONAL, 0},
    };
    struct error error = {0};
    struct writing *writing = begin(exchange, members);
    if (writing == NULL)
        return;
    const json_t *body = exchange_body(exchange);
    const json_t *number = json_object_get(body, "uid");
    json_int_t uid = json_integer_value(number);
    const char *email = json_text(body, "email");
    char uid_text[16];
    json_t *row = NULL;
    snprintf(uid_text, sizeof uid_text, "%lld", (long long)uid);
    if (uid < 0 || uid > UID_LARGEST)
        error_set(&error, ERROR_invalid, "uid", "uid must be a user number of this system, from 0 to 4294967294.");
    else if (account_roles_check(json_object_get(body, "roles"), &error) && (email == NULL || address_check(email, "email", &error)))
        row = person_seal(exchange_service(exchange)->vault, "account", json_text(body, "name"), email,
                          json_is_integer(number) ? uid_text : NULL, &error);
    row = with_idempotency(exchange, row, &error);
    if (row != NULL)
        json_object_set(row, "roles", json_object_get(body, "roles"));
    exchange_call_row(writing->exchange, STATEMENT_account_create, row, &error, on_account, writing);
}

static void on_test(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct writing *writing = context;
    (void)retry;
    if (error->code == ERROR_NONE)
        exchange_reply_text(writing->exchange, 202, json, length, 0);
    else
        exchange_fail(writing->exchange, error);
}

void handle_mail_test(struct exchange *exchange)
{
    static const struct json_member members[] = {
        {"address", JSON_STRING, JSON_NEEDED, ADDRESS_MAXIMUM},
        {NULL, JSON_NULL, JSON_OPTIONAL, 0},
    };
    struct error error = {0};
    struct writing *writing = begin(exchange, members);
    if (writing == NULL)
        return;
    const struct vault *vault = exchange_service(exchange)->vault;
    const char *address = json_text(exchange_body(exchange), "address");
    char uuid[UUID_TEXT_SIZE], hash[VAULT_LOOKUP_HEX];
    json_t *row = NULL;
    vault_uuid(uuid);
    char *sealed = address_check(address, "address", &error) ? vault_seal(vault, "message", "recipient", uuid, address, strlen(address), &error) : NULL;
    if (sealed != NULL) {
        person_address_hash(vault, address, hash);
        row = json_pack("{s:s, s:s, s:s}", "id", uuid, "recipient_sealed", sealed, "address_hash", hash);
    }
    free(sealed);
    row = with_idempotency(exchange, row, &error);
    exchange_call_row(writing->exchange, STATEMENT_mail_test, row, &error, on_test, writing);
}
