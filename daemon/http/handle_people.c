// SPDX-License-Identifier: GPL-3.0-or-later
// Who somebody is, which is audited; corrections of it; and what an account may do.
#include <string.h>

#include "http/account_roles.h"
#include "http/handlers.h"
#include "mail/address.h"
#include "request/residence.h"
#include "shared/json.h"
#include "shared/memory.h"
#include "shared/text.h"
#include "vault/person.h"

static const char *const reasons[] = {"patron_asked", "answer_to_vendor", "correction", "demand", "other"};

// Few words and no free text: the audit log, which holds them, names nobody.
static bool reason_is_known(const char *reason, struct error *error)
{
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (strcmp(reasons[i], reason) == 0)
            return true;
    return error_set(error, ERROR_invalid, "reason", "reason must be one of: patron_asked, answer_to_vendor, correction, demand, other.");
}

void handle_subject_reveal(struct exchange *exchange)
{
    static const struct json_member members[] = {{"reason", JSON_STRING, JSON_NEEDED, 40}, {NULL, JSON_NULL, JSON_OPTIONAL, 0}};
    struct error error;
    json_t *row = NULL;
    memory_error(&error);
    const json_t *body = exchange_body(exchange);
    if (json_check(body, members, &error) && reason_is_known(json_text(body, "reason"), &error))
        row = json_pack("{s:s, s:s}", "alias", exchange_path_value(exchange), "reason", json_text(body, "reason"));
    exchange_call_row(exchange, STATEMENT_subject_reveal, row, &error, NULL, NULL);
}

static bool is_given(const json_t *body, const char *member)
{
    return json_object_get(body, member) != NULL;
}

// What is to be changed, sealed for that row: a member that is null in the body takes away what was there.
static json_t *seal_changes(struct exchange *exchange, const json_t *body, const char *id, struct error *error)
{
    char residence[RESIDENCE_SIZE];
    const char *email = json_text(body, "email"), *place = json_text(body, "residence");
    if ((email != NULL && !address_check(email, "email", error)) || (place != NULL && !residence_parse(place, residence, error)))
        return NULL;
    json_t *row = person_seal_row(exchange_service(exchange)->vault, "subject", id, json_text(body, "name"), email, NULL, error);
    if (row != NULL && is_given(body, "name") && json_text(body, "name") == NULL)
        json_object_set_new(row, "name_sealed", json_null());
    if (row != NULL && is_given(body, "email") && email == NULL)
        json_object_set_new(row, "email_sealed", json_null());
    if (row != NULL && place != NULL)
        json_object_set_new(row, "residence", json_string(residence));
    return row;
}

static void on_subject_found(void *context, const char *json, size_t length, bool retry, const struct error *problem)
{
    struct exchange *exchange = context;
    struct error error;
    (void)retry;
    if (problem->code != ERROR_NONE) {
        exchange_fail(exchange, problem);
        return;
    }
    json_t *found = exchange_read(exchange, json, length);
    if (found == NULL)
        return;
    memory_error(&error);
    const char *id = json_text(found, "id");
    json_t *row = id != NULL ? seal_changes(exchange, exchange_body(exchange), id, &error) : NULL;
    exchange_call_row(exchange, STATEMENT_subject_change, row, &error, NULL, NULL);
    json_decref(found);
}

void handle_subject_change(struct exchange *exchange)
{
    static const struct json_member members[] = {
        {"name", JSON_STRING, JSON_OPTIONAL, 200},
        {"email", JSON_STRING, JSON_OPTIONAL, ADDRESS_MAXIMUM},
        {"residence", JSON_STRING, JSON_OPTIONAL, 60},
        {NULL, JSON_NULL, JSON_OPTIONAL, 0},
    };
    struct error error;
    const json_t *body = exchange_body(exchange);
    if (!json_check(body, members, &error)) {
        exchange_fail(exchange, &error);
    } else if (json_object_size(body) == 0) {
        error_set(&error, ERROR_invalid, "", "Say what to change: name, email or residence.");
        exchange_fail(exchange, &error);
    } else {
        exchange_call(exchange, STATEMENT_subject_find, exchange_path_value(exchange), on_subject_found, exchange);
    }
}

// {"id"} or, for a user number, {"uid_hash"}.
static json_t *account_key(struct exchange *exchange, struct error *error)
{
    char hash[VAULT_LOOKUP_HEX];
    int64_t uid;
    const char *value = exchange_path_value(exchange);
    if (text_to_integer(value, 0, UID_LARGEST, &uid)) {
        vault_lookup(exchange_service(exchange)->vault, "uid", value, hash);
        return json_pack("{s:s}", "uid_hash", hash);
    }
    if (strlen(value) == UUID_TEXT_SIZE - 1 && strspn(value, "0123456789abcdef-") == UUID_TEXT_SIZE - 1)
        return json_pack("{s:s}", "id", value);
    error_set(error, ERROR_not_found, "account", "There is no such account; `dsr account list` shows them.");
    return NULL;
}

static void on_account_set(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct exchange *exchange = context;
    (void)retry;
    if (error->code != ERROR_NONE) {
        exchange_fail(exchange, error);
        return;
    }
    exchange_forget_peers(exchange); // here at once; elsewhere the notification says so
    exchange_reply_text(exchange, 200, json, length, 0);
}

void handle_account_set(struct exchange *exchange)
{
    static const struct json_member members[] = {
        {"roles", JSON_ARRAY, JSON_OPTIONAL, 8},
        {"disabled", JSON_TRUE, JSON_OPTIONAL, 0},
        {NULL, JSON_NULL, JSON_OPTIONAL, 0},
    };
    struct error error;
    const json_t *body = exchange_body(exchange);
    const json_t *roles = json_object_get(body, "roles"), *disabled = json_object_get(body, "disabled");
    json_t *row = NULL;
    memory_error(&error);
    if (json_check(body, members, &error) && (!json_is_array(roles) || account_roles_check(roles, &error)))
        row = account_key(exchange, &error);
    if (json_is_array(roles) && row != NULL)
        json_object_set_new(row, "roles", json_deep_copy(roles));
    if (json_is_boolean(disabled) && row != NULL)
        json_object_set_new(row, "disabled", json_boolean(json_is_true(disabled)));
    exchange_call_row(exchange, STATEMENT_account_set, row, &error, on_account_set, exchange);
}
