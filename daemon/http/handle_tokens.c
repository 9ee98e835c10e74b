// SPDX-License-Identifier: GPL-3.0-or-later
// Tokens: made (and shown this once), listed, revoked.
#include <sodium.h>
#include <string.h>

#include "http/handlers.h"
#include "http/request_write.h"
#include "shared/json.h"
#include "shared/memory.h"
#include "shared/text.h"
#include "shared/token.h"

enum { DAYS_STANDARD = 90, DAYS_MOST = 366 };

struct making {
    struct exchange *exchange;
    char token[TOKEN_SIZE];
    int tries;
};

static void make(struct making *making);

static void on_made(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct making *making = context;
    if (retry && making->tries < WRITE_TRIES) {
        make(making);
        return;
    }
    json_t *answer = error->code == ERROR_NONE ? json_read(json, length, 0, NULL) : NULL;
    if (answer != NULL) {
        json_object_set_new(answer, "token", json_string(making->token));
        exchange_reply_json(making->exchange, 201, answer, 0);
    } else {
        exchange_fail(making->exchange, error);
    }
    sodium_memzero(making->token, sizeof making->token);
}

// "1001" is a user's number, anything else must be an account's id.
static bool name_account(const struct vault *vault, const char *account, json_t *row, struct error *error)
{
    char hash[VAULT_LOOKUP_HEX];
    int64_t uid;
    if (account == NULL)
        return true;
    if (text_to_integer(account, 0, 4294967294, &uid)) {
        vault_lookup(vault, "uid", account, hash);
        return json_object_set_new(row, "uid_hash", json_string(hash)) == 0;
    }
    bool good = strlen(account) == UUID_TEXT_SIZE - 1;
    for (size_t i = 0; good && account[i] != '\0'; i++)
        good = i == 8 || i == 13 || i == 18 || i == 23 ? account[i] == '-' : strchr("0123456789abcdefABCDEF", account[i]) != NULL;
    if (good)
        return json_object_set_new(row, "account", json_string(account)) == 0;
    return error_set(error, ERROR_invalid, "account",
                     "account must be a user number, or the id of an account as `dsr account list` shows it.");
}

static json_t *row_of(struct making *making, struct error *error)
{
    const json_t *body = exchange_body(making->exchange), *days = json_object_get(body, "days");
    const struct vault *vault = exchange_service(making->exchange)->vault;
    const char *scope = json_text(body, "scope");
    json_int_t count = days != NULL ? json_integer_value(days) : DAYS_STANDARD;
    unsigned char random[TOKEN_RANDOM_BYTES];
    char id[TOKEN_ID_SIZE], hash[VAULT_LOOKUP_HEX];
    if (count < 1 || count > DAYS_MOST) {
        error_set(error, ERROR_invalid, "days", "days must be from 1 to %d.", DAYS_MOST);
        return NULL;
    }
    if (scope != NULL && strcmp(scope, "read") != 0 && strcmp(scope, "write") != 0) {
        error_set(error, ERROR_invalid, "scope", "scope must be read or write.");
        return NULL;
    }
    vault_random(random, sizeof random);
    token_format(random, making->token);
    sodium_memzero(random, sizeof random);
    token_parse(making->token, id);
    vault_lookup(vault, "token", making->token, hash);
    json_t *row = json_pack("{s:s, s:s, s:s, s:I}", "id", id, "hash", hash, "scope", scope != NULL ? scope : "write", "days", count);
    if (row == NULL)
        memory_error(error);
    else if (name_account(vault, json_text(body, "account"), row, error))
        return row;
    json_decref(row);
    return NULL;
}

static void make(struct making *making)
{
    struct error error = {0};
    making->tries++;
    json_t *row = row_of(making, &error);
    exchange_call_row(making->exchange, STATEMENT_token_create, row, &error, on_made, making);
}

void handle_token_create(struct exchange *exchange)
{
    static const struct json_member members[] = {
        {"account", JSON_STRING, JSON_OPTIONAL, UUID_TEXT_SIZE - 1},
        {"days", JSON_INTEGER, JSON_OPTIONAL, 0},
        {"scope", JSON_STRING, JSON_OPTIONAL, 8},
        {NULL, JSON_NULL, JSON_OPTIONAL, 0},
    };
    struct error error;
    struct making *making = exchange_context(exchange, sizeof *making);
    // A token that made others could not be stopped by revoking it.
    if (exchange_token(exchange) != NULL)
        error_set(&error, ERROR_forbidden, "", "Tokens are made on the machine where dsrd runs, not with another token.");
    else if (making == NULL)
        memory_error(&error);
    else if (json_check(exchange_body(exchange), members, &error)) {
        making->exchange = exchange;
        make(making);
        return;
    }
    exchange_fail(exchange, &error);
}

void handle_token_list(struct exchange *exchange)
{
    exchange_call_and_reply(exchange, STATEMENT_token_list, NULL);
}

void handle_token_revoke(struct exchange *exchange)
{
    exchange_call_and_reply(exchange, STATEMENT_token_revoke, exchange_path_value(exchange));
}
